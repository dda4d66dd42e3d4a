#!/bin/sh
# Starts the aggregator and Prometheus on this machine, and asks Prometheus for what every panel of the dashboard shows.
# Ends with 0 if each has an answer, with 1 if one has none. What is not installed is named, and then it ends with 0.
#
#   apt-get install prometheus jq curl         # once
#   examples/observability/check.sh            # from anywhere; takes half a minute
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
aggregator=http://127.0.0.1:9464
prometheus=http://127.0.0.1:9465

for program in prometheus jq curl; do
    if ! command -v "$program" > /dev/null; then
        echo "Skipped: $program is not installed."
        exit 0
    fi
done

work=$(mktemp -d)
prometheus_process=""
finish() {
    if [ -n "$prometheus_process" ]; then
        kill "$prometheus_process" 2> /dev/null || true
        wait "$prometheus_process" 2> /dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

wait_for() { # address, log
    tries=0
    until curl -fs -o /dev/null "$1"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 120 ]; then
            echo "No answer from $1"
            cat "$2"
            exit 1
        fi
        sleep 1
    done
}

answers() { # expression, when; how many numbers Prometheus answers with
    curl -fsG --data-urlencode "query=$1" --data "time=$2" "$prometheus/api/v1/query" \
        | jq '[.data.result[].value[1] | select(. != "NaN")] | length'
}

# It asks itself for pages, and ends when it has them: some 30 seconds, long enough for what follows.
cd "$root"
mvn -q ${MAVEN_FLAGS:-} compile exec:exec -pl examples -am -Dexample=dev.baton.examples.aggregator.Aggregator \
    -Dargs="--port 9464 --requests 600" > "$work/aggregator.log" 2>&1 &
aggregator_process=$!
wait_for "$aggregator/metrics" "$work/aggregator.log"

prometheus --config.file="$here/prometheus.yml" --storage.tsdb.path="$work/data" \
    --web.listen-address=127.0.0.1:9465 --log.level=warn > "$work/prometheus.log" 2>&1 &
prometheus_process=$!
wait_for "$prometheus/-/ready" "$work/prometheus.log"

tries=0
until [ "$(answers 'count_over_time(up{job="aggregator"}[1m]) > 5' "$(date +%s)")" = 1 ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ]; then
        echo "Prometheus does not scrape the aggregator"
        cat "$work/prometheus.log"
        exit 1
    fi
    sleep 1
done

now=$(date +%s) # for all queries: the aggregator may end meanwhile
failed=0
asked=0
jq -r '.panels[] | .title as $title | .targets[] | [.expr, $title] | @tsv' "$here/grafana-dashboard.json" > "$work/panels"
while IFS="$(printf '\t')" read -r expression title; do
    count=$(answers "$expression" "$now")
    printf '%3s  %s: %s\n' "$count" "$title" "$expression"
    asked=$((asked + 1))
    if [ "$count" = 0 ]; then
        failed=$((failed + 1))
    fi
done < "$work/panels"

wait "$aggregator_process"
if [ "$failed" -gt 0 ]; then
    echo "$failed of $asked queries have no answer."
    exit 1
fi
echo "All $asked queries have an answer."
