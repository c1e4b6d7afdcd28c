echo "$2 $(wc -l < "$1")"
