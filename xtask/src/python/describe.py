"""Finishes the local stack after its deployment and describes it, as JSON on standard output.

Runs with the Python of .local/venv-sam, against the endpoint and with the credentials of its environment.
Arguments: the stack's name; a JSON object {user: key of the policy's ARN in the stack's outputs}; the description that
the last run gave, or {}.
"""

import json
import sys

import boto3


def outputs(stack_name):
    """The outputs of the stack and of the stacks nested in it."""
    found = {}
    for page in boto3.client("cloudformation").get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            if stack["StackName"] == stack_name or stack["StackName"].startswith(stack_name + "-"):
                found.update({output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])})
    return found


def functions(stack_name):
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack_name)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::Lambda::Function"
    }


def lock_content_log(bucket):
    """MiniStack 1.5.33 leaves out the ObjectLockEnabled of a bucket that CloudFormation makes."""
    boto3.client("s3").put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )


def identity(name, policy, known):
    """A user with just this policy, and a key for it: the one known from the last run while it is good."""
    iam = boto3.client("iam")
    try:
        user = iam.create_user(UserName=name)["User"]
    except iam.exceptions.EntityAlreadyExistsException:
        user = iam.get_user(UserName=name)["User"]
    iam.attach_user_policy(UserName=name, PolicyArn=policy)
    keys = {key["AccessKeyId"] for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]}
    if known.get("access_key_id") in keys:
        return known
    for key in keys:
        iam.delete_access_key(UserName=name, AccessKeyId=key)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"], "arn": user["Arn"]}


def doors(function, users):
    """The doors of the identities to the desk (infra/stacks/operator.yaml): {user: ARN of the alias}."""
    client = boto3.client("lambda")
    known = {alias["Name"]: alias["AliasArn"] for alias in client.list_aliases(FunctionName=function)["Aliases"]}
    found = {}
    for user, (role, name) in users.items():
        door = f"{role}-{name}"
        if door not in known:
            alias = client.create_alias(FunctionName=function, Name=door, FunctionVersion="$LATEST")
            known[door] = alias["AliasArn"]
        found[user] = known[door]
        enter = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": known[door]}
        # MiniStack 1.5.33 does not replace the variables of a policy: what the managed policy says by the user's name is
        # written out here.
        boto3.client("iam").put_user_policy(
            UserName=name,
            PolicyName="own-door",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [enter]}),
        )
    return found


def main():
    stack_name, users, known = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
    found = outputs(stack_name)
    lock_content_log(found["ContentLogBucket"])
    identities = {
        user: identity(f"{stack_name}-{user.replace('_', '-')}", found[policy], known.get(user, {}))
        for user, policy in users.items()
    }
    made = functions(stack_name)
    roles = {"reviewer": "reviewer", "content_safety_lead": "lead", "operator": "operator", "auditor": "auditor"}
    people = {user: (role, f"{stack_name}-{user.replace('_', '-')}") for user, role in roles.items()}
    made_doors = doors(made["OperatorDeskFunction"], people)
    json.dump({"outputs": found, "functions": made, "identities": identities, "doors": made_doors}, sys.stdout)


main()
