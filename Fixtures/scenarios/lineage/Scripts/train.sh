echo "$2 $(grep -c "" "$1")"
