"""Prints the endpoints that botocore's own rules give, for every region of every partition: a line of JSON each.

The address is empty where the rules give none. The last regions are such as no partition knows yet.
"""

import json

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader

FUTURE = ["eu-north-9", "cn-south-7", "us-gov-south-1", "us-iso-north-1", "us-isob-north-1", "eu-isoe-north-1",
          "us-isof-north-1"]


def main():
    loader = Loader()
    partitions = loader.load_data("partitions")
    regions = [region for partition in partitions["partitions"] for region in partition["regions"]
               if not region.endswith("-global")] + FUTURE
    for name, model in (("monitoring", "cloudwatch"), ("sts", "sts")):
        provider = EndpointProvider(loader.load_service_model(model, "endpoint-rule-set-1"), partitions)
        for region in regions:
            for number in range(4):
                parameters = {"Region": region, "UseFIPS": bool(number & 1), "UseDualStack": bool(number & 2)}
                if name == "sts":
                    parameters["UseGlobalEndpoint"] = False
                try:
                    address = provider.resolve_endpoint(**parameters).url
                except EndpointProviderError:
                    address = ""
                print(json.dumps({"service": name, "region": region, "fips": str(parameters["UseFIPS"]).lower(),
                                  "dual": str(parameters["UseDualStack"]).lower(), "address": address}), flush=True)


main()
