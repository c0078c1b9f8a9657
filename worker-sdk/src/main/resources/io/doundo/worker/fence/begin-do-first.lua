-- The usual case before all others.
if ARGV[2] == '1' and ARGV[6] == '0' then
  local number = usualBeginDo(KEYS[1], evidenceByTheMark(KEYS[2]), ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[7],
    ARGV[10], ARGV[13], ARGV[14], tonumber(ARGV[8]), tonumber(ARGV[12]), tonumber(ARGV[11]))
  if number then
    return {'RUN', number .. ':' .. ARGV[1], '0'}
  end
end
