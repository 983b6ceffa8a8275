#!/bin/sh
# Puts AWS's Signature Version 4 test suite into .build/aws4_testsuite.
#
# The suite is part of botocore's source distribution; the version is the one the tests' Python environment has.
set -eu

cd "$(dirname "$0")/.."
suite=.build/aws4_testsuite
botocore=$(sed -n 's/^botocore==//p' Tests/python-packages.txt)

if [ -f "$suite/version" ] && [ "$(cat "$suite/version")" = "$botocore" ]; then
    exit 0
fi

sh Tests/python-environment.sh
echo "fetching the test suite of botocore $botocore"
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
.build/venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary botocore \
    --dest "$download" "botocore==$botocore"
tar -xzf "$download/botocore-$botocore.tar.gz" -C "$download"
rm -rf "$suite"
cp -R "$download/botocore-$botocore/tests/unit/auth/aws4_testsuite" "$suite"
echo "$botocore" > "$suite/version"
