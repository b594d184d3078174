#!/bin/sh
# Creates five small tables and loads them, by the AWS CLI:
#
#   examples/sample_tables/load.sh http://127.0.0.1:8000
#
# Tables and keys are those of the tutorials in AWS's developer guide, so that its commands work here;
# the items are ours.
set -eu

endpoint=${1:?usage: load.sh ENDPOINT-URL}
folder=$(cd "$(dirname "$0")" && pwd)
# A server that checks no signatures takes any credentials; the CLI only wants to have some.
export AWS_ACCESS_KEY_ID="${AWS_ACCESS_KEY_ID:-example}"
export AWS_SECRET_ACCESS_KEY="${AWS_SECRET_ACCESS_KEY:-example}"
export AWS_DEFAULT_REGION="${AWS_DEFAULT_REGION:-us-east-1}"

dynamodb() {
    aws dynamodb "$@" --endpoint-url "$endpoint" --output json
}

# create TABLE KEY:TYPE [KEY:TYPE]: the partition key, then the sort key.
create() {
    table=$1
    partition=$2
    sort=${3:-}
    dynamodb create-table --table-name "$table" --billing-mode PAY_PER_REQUEST \
        --attribute-definitions "AttributeName=${partition%:*},AttributeType=${partition#*:}" \
        ${sort:+"AttributeName=${sort%:*},AttributeType=${sort#*:}"} \
        --key-schema "AttributeName=${partition%:*},KeyType=HASH" \
        ${sort:+"AttributeName=${sort%:*},KeyType=RANGE"} >/dev/null
    dynamodb wait table-exists --table-name "$table"
}

load() {
    dynamodb batch-write-item --request-items "file://$folder/$1.json" >/dev/null
    echo "$1: loaded"
}

reply() {
    dynamodb create-table --table-name Reply --billing-mode PAY_PER_REQUEST \
        --attribute-definitions AttributeName=Id,AttributeType=S AttributeName=ReplyDateTime,AttributeType=S \
        AttributeName=PostedBy,AttributeType=S AttributeName=Message,AttributeType=S \
        --key-schema AttributeName=Id,KeyType=HASH AttributeName=ReplyDateTime,KeyType=RANGE \
        --global-secondary-indexes "IndexName=PostedBy-Message-Index,\
KeySchema=[{AttributeName=PostedBy,KeyType=HASH},{AttributeName=Message,KeyType=RANGE}],\
Projection={ProjectionType=ALL}" >/dev/null
    dynamodb wait table-exists --table-name Reply
    load Reply
}

simple() {
    create "$@"
    load "$1"
}

# Starting the CLI takes longer than its request, so the tables are made side by side.
jobs=""
for table in "ProductCatalog Id:N" "Forum Name:S" "Thread ForumName:S Subject:S" "Music Artist:S SongTitle:S"; do
    # shellcheck disable=SC2086 # the words are arguments
    simple $table &
    jobs="$jobs $!"
done
reply &
for job in $jobs $!; do
    wait "$job"
done
