-- The usual case before all others.
local usualUndo = usualBeginUndo(KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[12],
  tonumber(ARGV[10]))
if usualUndo then
  return {'RUN', usualUndo[1] .. ':' .. ARGV[1], 'DONE', usualUndo[2]}
end
