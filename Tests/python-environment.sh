#!/bin/sh
# Makes .build/venv: the servers and oracles that the CloudWatch tests talk to, pinned.
#
# Quick and quiet once it is made; the network is used only when the list of packages changed.
set -eu

cd "$(dirname "$0")/.."
environment=.build/venv
packages=Tests/python-packages.txt
stamp="$environment/packages.txt"

if [ -x "$environment/bin/python" ] && cmp -s "$packages" "$stamp"; then
    exit 0
fi

echo "making $environment"
python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --requirement "$packages"
cp "$packages" "$stamp"
