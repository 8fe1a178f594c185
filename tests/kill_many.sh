#!/bin/bash
# Kills builds of examples/tiny N times with SIGKILL, across all steps, and compares every hash with a build never killed.
#   tests/kill_many.sh 100 [SEED] [BUILD FOLDER]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
if [[ ! ${1:-} =~ ^[0-9]+$ ]]; then
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
fi
MORU_KILLS=$1 MORU_SEED=${2:-7} exec "${3:-build}/tests/test_pipeline" --gtest_filter=Kill.AtRandomMoments*
