// Answers that are compressed where the client's HTTP library asks for it: `fetch` does, Node's own does not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";

const TableName = "clients-javascript-compressed";
const endpoint = process.env.ENDPOINT;
const client = new DynamoDBClient({ endpoint });
const fetching = new DynamoDBClient({ endpoint, requestHandler: new FetchHttpHandler() });
const Item = { pk: { S: "large" }, text: { S: "abc".repeat(100_000) } };

// Notes the headers of each answer.
const seen = new Map();
for (const [name, watched] of Object.entries({ client, fetching })) {
  watched.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      seen.set(name, result.response.headers);
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
}

before(async () => {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    }),
  );
  await client.send(new PutItemCommand({ TableName, Item }));
});

after(() => client.send(new DeleteTableCommand({ TableName })));

test("the SDK over fetch asks for compressed answers and can read them", async () => {
  const answer = await fetching.send(new GetItemCommand({ TableName, Key: { pk: Item.pk } }));
  assert.deepEqual(answer.Item, Item);
  assert.equal(seen.get("fetching")["content-encoding"], "gzip");
});

test("the SDK over Node's own HTTP client gets plain ones", async () => {
  const answer = await client.send(new GetItemCommand({ TableName, Key: { pk: Item.pk } }));
  assert.deepEqual(answer.Item, Item);
  assert.equal(seen.get("client")["content-encoding"], undefined);
});
