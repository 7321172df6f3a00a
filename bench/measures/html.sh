# A page of 1 MB through HTMLRewriter, with handlers for 10,400 of its tokens: what one core answers.

html_peers=(wrk workerd)

measure_html() {
  # One page at a time. workerd takes a third of a second for each and works at all that are asked for at once: of 32 none
  # is ready within wrk's two seconds, and nothing would be counted.
  local path=/page name answering=() connections=1
  pin=("${on_server_core[@]}")
  stage html
  launch_quire html-quire html serve --workers 1
  launch_workerd html-workerd html
  for name in html-quire html-workerd; do
    [ -n "${server_pid[$name]-}" ] || continue
    # The shell takes too long to read a page of this size, whose text may be cut into many chunks: curl looks at it.
    if await "$name" "$path" && same_page "$name" "$path"; then
      answering+=("$name")
    else
      stop "$name"
    fi
  done
  [ -n "${missing[wrk]-}" ] || load_in_turns load "$path" "${answering[@]}"
  row "HTMLRewriter, 1 MB page" req/s high load-html-quire workerd load-html-workerd "ratio>=1"
}

# same_page SERVER PATH: whether the server makes of the page what the first one asked made of it.
same_page() {
  local page=$work/$1.html
  curl -sS --max-time 60 -o "$page" "http://127.0.0.1:${server_port[$1]}$2" || return
  [ -f "$work/page.html" ] || cp "$page" "$work/page.html"
  cmp "$page" "$work/page.html" >&2
}
