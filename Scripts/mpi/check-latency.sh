#!/bin/bash
# Trains on ranks with a network between them that takes its time, and compares the model with that of one
# process; prints what the latency costs, and what svm plan predicts of it.
#
# Each rank is in a network namespace of its own, with its own host name: to Open MPI these are two machines. Packets
# between them are delayed by Scripts/mpi/delay.py. For root, on a machine with Open MPI and TUN devices; all that it
# makes is removed at its end.
#
# usage: Scripts/mpi/check-latency.sh LIBRARY SVM [MILLISECONDS …]
#        HOSTS=4 Scripts/mpi/check-latency.sh …   on four hosts instead of two
#        OPTIONS="--mca btl_tcp_eager_limit 8388608" Scripts/mpi/check-latency.sh …   with more options of mpirun
set -euo pipefail

usage="usage: Scripts/mpi/check-latency.sh LIBRARY SVM [MILLISECONDS …]"
library=$(realpath "${1:?$usage}")
svm=$(realpath "${2:?$usage}")
shift 2
delays=("$@")
((${#delays[@]})) || delays=(0 1 10)
read -ra options <<< "${OPTIONS:-}"
relay=$(realpath Scripts/mpi/delay.py)
names=()
for ((number = 1; number <= ${HOSTS:-2}; number++)); do names+=("svm-host-$number"); done

fail() {
  echo "latency: $*" >&2
  exit 1
}
[[ $(id -u) == 0 ]] || fail "only root makes network namespaces"
[[ -e /dev/net/tun ]] || fail "there is no /dev/net/tun"
for program in ip mpirun python3 unshare; do
  command -v "$program" > /dev/null || fail "there is no $program"
done
mpirun --version | grep -q "Open MPI" || fail "mpirun is not that of Open MPI"

folder=$(mktemp -d)
network=
made=()
clean() {
  [[ -z $network ]] || kill "$network" 2> /dev/null || true
  for name in "${made[@]}"; do
    ip netns delete "$name"
    rm -rf "/etc/netns/$name"
  done
  rm -rf "$folder"
}
trap clean EXIT
cd "$folder"

for number in "${!names[@]}"; do
  name=${names[number]}
  ip netns list | grep -qw "$name" && fail "the network namespace $name is in use"
  ip netns add "$name"
  made+=("$name")
  ip -n "$name" link set lo up
  mkdir -p "/etc/netns/$name"
  {
    echo "127.0.0.1 localhost"
    for other in "${!names[@]}"; do echo "10.77.0.$((other + 1)) ${names[other]}"; done
  } > "/etc/netns/$name/hosts"
done

# on.sh HOST COMMAND…: what mpirun calls in place of ssh.
cat > on.sh << 'END'
#!/bin/bash
host=$1
shift
exec ip netns exec "$host" unshare --uts bash -c 'echo "$1" > /proc/sys/kernel/hostname; shift; exec bash -c "$*"' \
  on "$host" "$@"
END
chmod +x on.sh

# connect MILLISECONDS: the network between the hosts.
connect() {
  coproc NETWORK { exec nice -n -20 python3 "$relay" "$(awk -v ms="$1" 'BEGIN { print ms / 1000 }')" "${names[@]}"; }
  network=$NETWORK_PID
  local line
  read -r line <&"${NETWORK[0]}"
  [[ $line == ready ]] || fail "there is no network between the hosts: $line"
  exec {answers}<&"${NETWORK[0]}"
}

# disconnect: what the network says of itself is then in network.json.
disconnect() {
  kill "$network"
  cat <&"$answers" > network.json
  wait "$network" || true
  exec {answers}<&-
  network=
}

# ranks ARGUMENT…: one rank on each host, which waits for messages without keeping the processor.
ranks() {
  local hosts
  hosts=$(printf ",%s:1" "${names[@]}")
  timeout 1800 ./on.sh "${names[0]}" mpirun --allow-run-as-root --mca plm rsh --mca plm_rsh_agent "$folder/on.sh" \
    --mca oob_tcp_if_include svm0 --mca btl tcp,self --mca btl_tcp_if_include svm0 --mca pml ob1 \
    --mca mpi_yield_when_idle 1 "${options[@]}" --host "${hosts:1}" -n "${#names[@]}" \
    "$svm" "$@" --transport "mpi:$library"
}

# value JSON EXPRESSION: something of a report, of which the expression knows r.
value() { python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"; }

# rows COUNT FEATURES NOISE SEED: two classes, spread over each other.
rows() {
  awk -v count="$1" -v features="$2" -v noise="$3" -v seed="$4" 'BEGIN {
    srand(seed)
    for (i = 1; i <= features; i++) printf "f%d,", i
    print "class"
    for (row = 0; row < count; row++) {
      sum = 0
      for (i = 1; i <= features; i++) {
        x = rand() + rand() + rand() - 1.5
        if (i <= 5) sum += x * x
        printf "%.4f,", x
      }
      print (sum + noise * (rand() - 0.5) > 1.2) ? "out" : "in"
    }
  }'
}
rows 20000 50 0.5 1 > wide.csv
rows 20000 10 1.5 2 > noisy.csv
rows 60000 20 0.5 3 > linear.csv
trainings=(
  "wide.csv --threads 1"
  "noisy.csv --c 10 --gamma 0.2 --threads 1"
  "linear.csv --kernel linear --solver primal --threads 1"
)

# planned DELAY: the seconds of communication that svm plan predicts, given the share of support vectors.
planned() {
  [[ $arguments != *linear* ]] || { echo -; return; }
  local latency=$1ms
  [[ $1 != 0 ]] || latency=0
  "$svm" plan "${words[@]}" --ranks "${#names[@]}" --latency "$latency" --json plan.json \
    --support-vectors "$(value alone.json 'r["supportVectors"] / r["data"]["rows"]')" > /dev/null
  value plan.json '"%.2f" % r["plan"]["communicationSeconds"]'
}

line="%-50s %6s %9s %7s %9s %8s %7s %8s %7s\n"
# shellcheck disable=SC2059
printf "$line" training delay measured rounds messages seconds more formula plan
for arguments in "${trainings[@]}"; do
  read -ra words <<< "$arguments"
  "$svm" train "${words[@]}" --quiet -o alone.model --json alone.json
  # shellcheck disable=SC2059
  printf "$line" "svm train $arguments" alone "" "" "" "$(value alone.json '"%.2f" % r["timing"]["train"]')" "" "" ""
  first=
  for delay in "${delays[@]}"; do
    connect "$delay"
    ranks train "${words[@]}" --quiet -o ranks.model --json ranks.json
    disconnect
    cmp alone.model ranks.model || fail "svm train $arguments: with $delay ms, ranks made another model"
    seconds=$(value ranks.json 'r["timing"]["train"]')
    [[ -n $first ]] || first=$seconds
    # shellcheck disable=SC2059
    printf "$line" "" "$delay ms" "$(value network.json '"%.2f ms" % (1000 * r["seconds"])')" \
      "$(value ranks.json 'r["ranks"]["rounds"]')" "$(value ranks.json 'r["ranks"]["messages"]')" \
      "$(value ranks.json '"%.2f" % r["timing"]["train"]')" \
      "$(value ranks.json "'%.2f' % (r['timing']['train'] - $first)")" \
      "$(value ranks.json "'%.2f' % (r['ranks']['messages'] * $delay / 1000)")" "$(planned "$delay")"
  done
done
echo "seconds: the training of the final model; more: than with the first delay; formula: messages × delay"
echo "plan: the seconds of communication that svm plan predicts for a network of 10 Gbit/s with this delay"
echo "with every delay the models are those of one process"
