# pace.sh - how long things take, for scripts that say so: to be sourced.
# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0

# Milliseconds of a clock.
clock_ms() {
    echo $(($(date +%s%N) / 1000000))
}

# MILLISECONDS in words, rounded up: "3 s", "80 s", "5 min".
duration() {
    duration_s=$((($1 + 999) / 1000))
    if [ "$duration_s" -le 100 ]; then
        echo "$duration_s s"
    else
        echo "$(((duration_s + 59) / 60)) min"
    fi
}
