-- A GetItem as boto3 sends it, for wrk.
wrk.method = "POST"
wrk.body = '{"TableName": "orders", "Key": {"pk": {"S": "customer#0001"}, "sk": {"S": "order#0001"}}}'
wrk.headers["X-Amz-Target"] = "DynamoDB_20120810.GetItem"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.headers["Accept-Encoding"] = "identity"
wrk.headers["User-Agent"] = "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11.7 cfg/retry-mode#legacy Botocore/1.44.5"
wrk.headers["X-Amz-Date"] = "20251122T194100Z"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20251122/us-east-1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
wrk.headers["amz-sdk-invocation-id"] = "3b5e7f5a-6a37-4f5c-8f7b-1c8f3f2f6f4e"
wrk.headers["amz-sdk-request"] = "attempt=1"
