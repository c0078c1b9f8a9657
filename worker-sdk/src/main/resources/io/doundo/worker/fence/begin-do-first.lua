-- The usual case before all others, in three calls: a first attempt, delivered for the first time, of a step of
-- which nothing is known. What it does is what begin-do.lua does; the fields are told in prelude.lua.
do
  local record, owner, lease, limit, due = KEYS[1], ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[10]
  if ARGV[2] == '1' and ARGV[6] == '0' and redis.call('EXISTS', record) == 0 then
    local time = redis.call('TIME')
    local seconds, micros = tonumber(time[1]), tonumber(time[2])
    local ms = seconds * 1000 + math.floor(micros / 1000)
    if due == '' or ms <= tonumber(due) + tonumber(ARGV[8]) then
      local number = string.format('%.0f', seconds * 1000000 + micros)
      redis.call('HSET', record, 'st', 'DOING', 'tn', number, 'to', owner, 'lu', string.format('%.0f', ms + math.min(lease, limit)),
        'lm', string.format('%.0f', ms + limit), 'a', '1', 'd', '0', 'ch', number)
      redis.call('PEXPIRE', record, string.format('%.0f', limit + tonumber(ARGV[11])))
      return {'RUN', number .. ':' .. owner, '0'}
    end
  end
end

