# What sessions say beside `pipewright` and the usual commands.

# Writes words as lines of a file.
write() {
  local file=$1
  shift
  mkdir -p "$(dirname "$file")"
  printf '%s\n' "$@" > "$file"
}

append() {
  local file=$1
  shift
  printf '%s\n' "$@" >> "$file"
}

# Changes a file by a rule of sed.
edit() { sed "$2" "$1" > "$1.edited" && cat "$1.edited" > "$1" && rm "$1.edited"; }

delete() { chmod -R u+w "$@" && rm -r "$@"; }

link() { ln -s "$2" "$1"; }

# All that lies in a directory, sorted, but the tool's own.
tree() {
  (cd "${1:-.}" && find . -mindepth 1 -name .pipeline -prune -o -mindepth 1 -print) |
    sed 's|^\./||' | LC_ALL=C sort
}

# Turns the lowest bit of the byte at an offset.
flip() {
  local byte
  chmod u+w "$1"
  byte=$(od -An -tu1 -j"$2" -N1 "$1" | tr -d ' ')
  printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2> "$HOME/dd"
}

# The store's object of a file's content.
object_of() {
  local digest
  digest=$( (sha256sum "$1" || shasum -a 256 "$1") 2> /dev/null | cut -c 1-64)
  echo ".pipeline/store/objects/${digest:0:2}/${digest:2}"
}

# Starts a command that goes on beside the session, under a name.
start() {
  local name=$1
  shift
  rm -f "$HOME/$name.pid" "$HOME/$name.code"
  (
    # Else what a shell starts aside ignores Ctrl-C.
    set -m
    "$@" > "$HOME/$name.out" 2>&1 &
    echo $! > "$HOME/$name.pid"
    wait $!
    echo $? > "$HOME/$name.code"
  ) > "$HOME/jobs" 2>&1 &
  await test -s "$HOME/$name.pid"
}

# Waits until a command succeeds, at most ten seconds.
await() {
  local tries=0
  until "$@" > "$HOME/await" 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 500 ]; then
      echo "waited in vain: $*"
      return 1
    fi
    sleep 0.02
  done
}

# Sends a signal to what was started under a name.
send() { kill "-$1" "$(cat "$HOME/$2.pid")"; }

# Waits for what was started under a name, shows what it printed, and ends as it did.
finish() {
  await test -s "$HOME/$1.code"
  cat "$HOME/$1.out"
  return "$(cat "$HOME/$1.code")"
}

finish_all() {
  local file
  for file in "$HOME"/*.pid; do
    [ ! -f "$file" ] || [ -f "${file%.pid}.code" ] || kill -KILL "$(cat "$file")"
  done 2> "$HOME/finish"
  pipewright end-survivors > "$HOME/finish" 2>&1
}
