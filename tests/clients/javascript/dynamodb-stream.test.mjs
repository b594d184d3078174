// A reader of streams from npm, dynamodb-stream: it polls all shards and says what happened to which item.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateTableCommand, DeleteTableCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { BatchWriteCommand, DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import DynamoDBStream from "dynamodb-stream";

const TableName = "clients-javascript-streamed";
const client = new DynamoDBClient({ endpoint: process.env.ENDPOINT });
const documents = DynamoDBDocumentClient.from(client);
const streams = new DynamoDBStreams({ endpoint: process.env.ENDPOINT });
let reader;
const seen = [];

before(async () => {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  reader = new DynamoDBStream(streams, TableDescription.LatestStreamArn, unmarshall);
  reader.on("insert record", (item, key) => seen.push(["insert", key, item]));
  reader.on("modify record", (item, old, key) => seen.push(["modify", key, item, old]));
  reader.on("remove record", (old, key) => seen.push(["remove", key, old]));
  await reader.fetchStreamState(); // from here on
});

after(() => client.send(new DeleteTableCommand({ TableName })));

test("the reader tells every change of every item", async () => {
  await documents.send(new PutCommand({ TableName, Item: { id: "a", n: 1, tags: new Set(["x"]) } }));
  await reader.fetchStreamState();
  await documents.send(
    new UpdateCommand({
      TableName,
      Key: { id: "a" },
      UpdateExpression: "SET n = n + :one",
      ExpressionAttributeValues: { ":one": 1 },
    }),
  );
  await documents.send(
    new BatchWriteCommand({
      RequestItems: { [TableName]: [{ PutRequest: { Item: { id: "b" } } }, { DeleteRequest: { Key: { id: "a" } } }] },
    }),
  );
  await reader.fetchStreamState();
  const [first, second] = [1, 2].map((n) => ({ id: "a", n, tags: new Set(["x"]) }));
  assert.deepEqual(seen.slice(0, 2), [
    ["insert", { id: "a" }, first],
    ["modify", { id: "a" }, second, first],
  ]);
  assert.equal(seen.length, 4);
  assert.deepEqual(
    seen.slice(2).sort(([one], [other]) => (one < other ? -1 : 1)),
    [
      ["insert", { id: "b" }, { id: "b" }],
      ["remove", { id: "a" }, second],
    ],
  );
});

test("the reader resumes where it was, and gives up a shard that was closed", async () => {
  const removed = [];
  reader.on("remove shards", (ids) => removed.push(...ids));
  const state = JSON.parse(JSON.stringify(reader.getShardState()));
  assert.equal(Object.keys(state).length, 1);
  await documents.send(new PutCommand({ TableName, Item: { id: "c" } }));
  reader.setShardState(state);
  await client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
  await reader.fetchStreamState();
  assert.deepEqual(seen.at(-1), ["insert", { id: "c" }, { id: "c" }]);
  assert.deepEqual(removed, Object.keys(state));
});
