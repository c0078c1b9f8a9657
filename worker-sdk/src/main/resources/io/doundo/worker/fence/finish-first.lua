-- The usual case before all others.
if ARGV[5] == 'DONE' and ARGV[7] == ''
  and usualFinish(KEYS[1], ARGV[1], ARGV[2], ARGV[6], ARGV[9], ARGV[8], ARGV[10]) then
  return {'REPLY', 'OK', '0'}
end
if ARGV[5] == 'UNDONE' and usualUndone(KEYS[1], ARGV[1], ARGV[2], ARGV[10]) then
  return {'REPLY', 'UNDONE', '0'}
end
