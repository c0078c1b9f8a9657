# Turns the terminal output of ./doundo demo into an SVG: its third flow, and what the demo found of it.
# Colours become classes; what was written over on the terminal is left out.
BEGIN { lines = 0; shown = 0; width = 0 }

{
  gsub(/\r$/, "")
  n = split($0, written, /\r\033\[K/)
  $0 = written[n]
  plain = $0
  gsub(/\033\[[0-9;]*m/, "", plain)
}

plain ~ /^3 of 6/ { shown = 1 }
plain ~ /^4 of 6/ { shown = 0 }
plain ~ /^ *3  A flow/ { shown = 1; keep("") }
plain ~ /^ *4  / { shown = 0 }
shown { keep($0) }

function keep(text) {
  if (text ~ /^(\033\[[0-9;]*m)*$/ && (lines == 0 || line[lines] == "")) return
  line[++lines] = text
}

function escaped(text) {
  gsub(/&/, "\\&amp;", text)
  gsub(/</, "\\&lt;", text)
  return text
}

function spans(text,    out, code, at, class) {
  out = ""; class = ""
  while (match(text, /\033\[[0-9;]*m/)) {
    out = out span(substr(text, 1, RSTART - 1), class)
    code = substr(text, RSTART + 2, RLENGTH - 3)
    class = code == "0" || code == "" ? "" : "c" code
    text = substr(text, RSTART + RLENGTH)
  }
  return out span(text, class)
}

function span(text, class) {
  if (text == "") return ""
  return class == "" ? escaped(text) : "<tspan class=\"" class "\">" escaped(text) "</tspan>"
}

END {
  while (lines > 0 && line[lines] == "") lines--
  for (i = 1; i <= lines; i++) {
    plain = line[i]; gsub(/\033\[[0-9;]*m/, "", plain)
    if (length(plain) > width) width = length(plain)
  }
  w = int(width * 7.9) + 40; h = lines * 19 + 56
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"A flow that is rolled back, as ./doundo demo shows it\">\n", w, h
  print "<style>text{font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:13px;fill:#e2e8f0;white-space:pre}.c1{font-weight:700}.c2{fill:#94a3b8}.c31{fill:#f87171}.c32{fill:#4ade80}.c33{fill:#facc15}.c36{fill:#22d3ee}</style>"
  printf "<rect width=\"%d\" height=\"%d\" rx=\"10\" fill=\"#0f172a\"/>\n", w, h
  print "<circle cx=\"20\" cy=\"18\" r=\"5\" fill=\"#f87171\"/><circle cx=\"37\" cy=\"18\" r=\"5\" fill=\"#facc15\"/><circle cx=\"54\" cy=\"18\" r=\"5\" fill=\"#4ade80\"/>"
  for (i = 1; i <= lines; i++)
    if (line[i] != "") printf "<text x=\"20\" y=\"%d\" xml:space=\"preserve\">%s</text>\n", 34 + i * 19, spans(line[i])
  print "</svg>"
}
