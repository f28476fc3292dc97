# pace.sh - how long things take, for scripts that say so: to be sourced.
# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0

# Milliseconds of a clock.
clock_ms() {
    echo $(($(date +%s%N) / 1000000))
}

# MILLISECONDS in words, for people: "3 s", "2 min 10 s"; above a minute in steps of ten seconds.
duration() {
    duration_s=$((($1 + 999) / 1000))
    if [ "$duration_s" -lt 60 ]; then
        echo "$duration_s s"
    else
        duration_s=$(((duration_s + 9) / 10 * 10))
        echo "$((duration_s / 60)) min $((duration_s % 60)) s"
    fi
}
