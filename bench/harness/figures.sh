# Samples, their medians, and the table made of them.

declare -A samples=()
rows=() results=() failures=0

# sample NAME VALUE
sample() { samples[$1]+="${samples[$1]:+ }$2"; }

# median NAME: prints nothing if there is no sample.
median() {
  tr ' ' '\n' <<<"${samples[$1]-}" | sort -g | awk 'NF { value[++n] = $1 }
    END { if (n) print n % 2 ? value[(n + 1) / 2] : (value[n / 2] + value[n / 2 + 1]) / 2 }'
}

# row TITLE UNIT BETTER OURS PEER THEIRS TARGET...: a line of the table. OURS and THEIRS name samples, PEER the program
# that THEIRS is of ("-" if there is nothing to compare with). BETTER is "high" or "low"; the ratio is above 1 where quire
# is the better one. A TARGET is "value" or "ratio", ">=" or "<=", and a number.
row() {
  local title=$1 unit=$2 better=$3 ours_name=$4 peer=$5 theirs_name=$6
  local ours theirs="" ratio="" ours_shown=failed theirs_shown=- target targets="" met=""
  ours=$(median "$ours_name")
  if [ -n "$ours" ]; then
    ours_shown="$(grouped "$ours") $unit"
  else
    failures=$((failures + 1))
    # Then nothing could be asked of the peer either.
    [ "$unit" != req/s ] || [ -z "${missing[wrk]-}" ] || ours_shown="no wrk"
  fi
  if [ "$peer" != - ]; then
    theirs=$(median "$theirs_name")
    if [ -n "$theirs" ]; then
      theirs_shown="$peer $(grouped "$theirs") $unit"
    elif [ -n "${missing[$peer]-}" ]; then
      theirs_shown="$peer not installed"
    elif [ "$ours_shown" != "no wrk" ]; then
      theirs_shown="$peer failed"
    fi
  fi
  if [ -n "$ours" ] && [ -n "$theirs" ]; then
    ratio=$(awk -v a="$ours" -v b="$theirs" -v better="$better" \
      'BEGIN { if (better == "low") { c = a; a = b; b = c } if (b > 0) printf "%.3g", a / b }')
  fi
  for target in "${@:7}"; do
    local kind=${target%%[<>]*} bound=${target##*=} sign=${target//[!<>=]/} value=$ratio
    if [ "$kind" = value ]; then
      value=$ours
      targets+="${targets:+, }$sign $(grouped "$bound") $unit"
    else
      targets+="${targets:+, }$sign ${bound}x"
    fi
    # One missed target decides, then one that could not be told.
    if [ -z "$value" ]; then
      [ "$met" = no ] || met=unknown
    elif ! awk -v a="$value" -v b="$bound" -v s="$sign" 'BEGIN { exit !(s == ">=" ? a >= b : a <= b) }'; then
      met=no
    fi
    met=${met:-yes}
  done
  rows+=("$title|$ours_shown|$theirs_shown|${ratio:+${ratio}x}|$targets|$met")
  results+=("{\"name\": $(quoted "$title"), \"unit\": \"$unit\", \"better\": \"$better\", \"quire\": ${ours:-null},
     \"quire_samples\": [$(list "${samples[$ours_name]-}")], \"peer\": $([ "$peer" = - ] && echo null || quoted "$peer"),
     \"peer_value\": ${theirs:-null}, \"peer_samples\": [$(list "${theirs_name:+${samples[$theirs_name]-}}")],
     \"peer_missing\": $([ -n "${missing[$peer]-}" ] && quoted "${missing[$peer]}" || echo null),
     \"ratio\": ${ratio:-null}, \"target\": $(quoted "$targets"), \"met\": $(quoted "$met")}")
}

# grouped NUMBER: 1234567.8 -> 1,234,568; 12.345 -> 12.3
grouped() {
  awk -v n="$1" 'BEGIN {
    text = n >= 100 || n == int(n) ? sprintf("%.0f", n) : n >= 1 ? sprintf("%.1f", n) : sprintf("%.3f", n)
    while (text ~ /^[0-9][0-9][0-9][0-9]/) {
      cut = match(text, /[0-9][0-9][0-9]($|[.,])/)
      text = substr(text, 1, cut - 1) "," substr(text, cut)
    }
    print text }'
}

list() { echo "${1// /, }"; }

quoted() {
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  echo "\"${text//$'\n'/ }\""
}

print_table() {
  [ ${#rows[@]} -gt 0 ] || return 0
  printf '%s\n' "name|quire|peer|ratio|target|met?" "${rows[@]}" | awk -F '|' '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END {
      for (r = 1; r <= NR; r++) {
        line = ""; rule = ""
        for (i = 1; i <= 6; i++) {
          line = line (i > 1 ? "  " : "") sprintf(i == 4 ? "%" width[i] "s" : "%-" width[i] "s", cell[r, i])
          rule = rule (i > 1 ? "  " : "") sprintf("%" width[i] "s", "")
        }
        sub(/ +$/, "", line); print line
        if (r == 1) { gsub(/ /, "-", rule); print rule }
      }
    }'
}

# write_json FILE
write_json() {
  local key separator="" one
  {
    echo '{'
    for key in "${machine_keys[@]}"; do
      printf '  "%s": %s,\n' "$key" "$(quoted "${machine[$key]}")"
    done
    echo '  "results": ['
    for one in "${results[@]}"; do
      printf '%s    %s' "$separator" "$one"
      separator=$',\n'
    done
    printf '\n  ]\n}\n'
  } >"$1"
}
