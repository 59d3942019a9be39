#!/bin/sh
# Makes the virtual environment and installs the locked dependencies: setup.sh PYTHON VENV runtime|dev
set -eu
python=$1 venv=$2 set=$3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Vivier demande Python 3.11 ou plus récent (ici : $("$python" --version)). Indiquez-le : make PYTHON=python3.12" >&2
  exit 1
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  # Debian keeps venv in a package of its own
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installation de python3-venv (paquet Debian)…"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
  else
    echo "Le module venv manque : installez le paquet python3-venv (apt-get install python3-venv), puis recommencez." >&2
    exit 1
  fi
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installation des dépendances verrouillées ($set)…"
# the lock is complete: pip resolves nothing, as it would refuse an extra whose package has a newer version than the lock. What is
# imported is compiled when it is: a third of nine thousand modules
"$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r "requirements/$set.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
