"""Application Auto Scaling's operations for what DynamoDB has to scale, one file each."""
