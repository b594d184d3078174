// The document client: the same access patterns with plain JavaScript values.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  NumberValue,
  paginateQuery,
  paginateScan,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";

const TableName = "clients-javascript-documents";
const client = new DynamoDBClient({ endpoint: process.env.ENDPOINT });
const documents = DynamoDBDocumentClient.from(client);
const messages = Array.from({ length: 40 }, (_, n) => ({
  pk: "chat#maths",
  sk: `timestamp#2026-03-02T09:${String(n).padStart(2, "0")}:00.000Z#${n}`,
  author: n % 2 ? "user#ben" : "user#amara",
  text: `Message ${n}`,
}));

before(async () => {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "author"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-author",
          KeySchema: [
            { AttributeName: "author", KeyType: "HASH" },
            { AttributeName: "sk", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  for (const part of [messages.slice(0, 25), messages.slice(25)]) {
    const RequestItems = { [TableName]: part.map((Item) => ({ PutRequest: { Item } })) };
    await documents.send(new BatchWriteCommand({ RequestItems }));
  }
});

after(() => client.send(new DeleteTableCommand({ TableName })));

const collect = async (pages) => {
  const items = [];
  for await (const page of pages) {
    items.push(...page.Items);
  }
  return items;
};

test("nested values and exact numbers come back as they were put", async () => {
  const Item = {
    pk: "values",
    sk: "1",
    nested: { list: [1, "two", null, true, { three: 3.25 }], empty: {} },
    strings: new Set(["a", "b"]),
    bytes: new Uint8Array([1, 2, 3]),
    exact: NumberValue.from("12345678901234567890123456789012345678"),
  };
  await documents.send(new PutCommand({ TableName, Item }));
  // Document clients of one low-level client share their options, so this one has a low-level client of its own.
  const exactly = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: process.env.ENDPOINT }), {
    unmarshallOptions: { wrapNumbers: (text) => NumberValue.from(text) },
  });
  const Key = { pk: "values", sk: "1" };
  const precise = await exactly.send(new GetCommand({ TableName, Key, ProjectionExpression: "exact" }));
  assert.equal(precise.Item.exact.toString(), "12345678901234567890123456789012345678");
  const { exact, ...rest } = Item;
  const found = await documents.send(
    new GetCommand({ TableName, Key, ProjectionExpression: "pk, sk, nested, strings, bytes" }),
  );
  assert.deepEqual(found.Item, rest);
});

test("a chat is in order over pages, and newest first", async () => {
  const query = (ScanIndexForward) => ({
    TableName,
    KeyConditionExpression: "pk = :chat AND begins_with(sk, :day)",
    ExpressionAttributeValues: { ":chat": "chat#maths", ":day": "timestamp#2026-03-02" },
    ScanIndexForward,
  });
  const config = { client: documents, pageSize: 15 };
  assert.deepEqual(await collect(paginateQuery(config, query(true))), messages);
  assert.deepEqual(await collect(paginateQuery(config, query(false))), [...messages].reverse());
});

test("the global index gives a user's messages", async () => {
  const pages = () =>
    paginateQuery(
      { client: documents, pageSize: 7 },
      {
        TableName,
        IndexName: "by-author",
        KeyConditionExpression: "author = :author",
        ExpressionAttributeValues: { ":author": "user#ben" },
      },
    );
  // An index may lag behind its table.
  let found = await collect(pages());
  for (let tries = 0; found.length < 20 && tries < 20; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = await collect(pages());
  }
  assert.deepEqual(found, messages.filter(({ author }) => author === "user#ben"));
});

test("a scan with a filter returns what matches", async () => {
  const found = await collect(
    paginateScan(
      { client: documents, pageSize: 9 },
      {
        TableName,
        FilterExpression: "contains(#text, :digit) AND pk = :chat",
        ExpressionAttributeNames: { "#text": "text" },
        ExpressionAttributeValues: { ":digit": "7", ":chat": "chat#maths" },
      },
    ),
  );
  assert.deepEqual(found.map(({ text }) => text).sort(), ["Message 17", "Message 27", "Message 37", "Message 7"]);
});

test("only the author edits; a refused edit changes nothing", async () => {
  const Key = { pk: "chat#physics", sk: "1" };
  await documents.send(new PutCommand({ TableName, Item: { ...Key, author: "user#amara", text: "Why?" } }));
  const edit = (author, text) =>
    new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: "SET #text = :text, history = list_append(if_not_exists(history, :none), :entry)",
      ConditionExpression: "author = :author",
      ExpressionAttributeNames: { "#text": "text" },
      ExpressionAttributeValues: { ":author": author, ":text": text, ":none": [], ":entry": [text] },
      ReturnValues: "ALL_NEW",
    });
  await assert.rejects(documents.send(edit("user#ben", "No!")), { name: "ConditionalCheckFailedException" });
  const { Attributes } = await documents.send(edit("user#amara", "Why not?"));
  assert.deepEqual(Attributes, { ...Key, author: "user#amara", text: "Why not?", history: ["Why not?"] });
  const { Attributes: old } = await documents.send(new DeleteCommand({ TableName, Key, ReturnValues: "ALL_OLD" }));
  assert.deepEqual(old, Attributes);
});

test("a batch get returns items in plain values", async () => {
  const Keys = messages.slice(0, 3).map(({ pk, sk }) => ({ pk, sk }));
  const { Responses } = await documents.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys } } }));
  const found = Responses[TableName].sort((one, other) => (one.sk < other.sk ? -1 : 1));
  assert.deepEqual(found, messages.slice(0, 3));
});
