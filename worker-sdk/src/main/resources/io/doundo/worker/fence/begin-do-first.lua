-- The usual case before all others, in few calls: a first attempt, delivered for the first time and in time, of a step
-- of which nothing is known and nothing can have been forgotten, by the mark alone. What it does is what begin-do.lua
-- does; the fields are told in prelude.lua.
local function nothingForgottenByTheMark()
  local mark = redis.call('GET', KEYS[2])
  local since = mark and string.match(mark, ':(%d+)$')
  return since and ARGV[7] ~= '' and tonumber(ARGV[7]) - tonumber(ARGV[8]) >= tonumber(since)
end

do
  local record, owner, lease, limit, due, seen = KEYS[1], ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[10], ARGV[13]
  if ARGV[2] == '1' and ARGV[6] == '0' and redis.call('EXISTS', record) == 0 and nothingForgottenByTheMark() then
    local time = redis.call('TIME')
    local seconds, micros = tonumber(time[1]), tonumber(time[2])
    local ms = seconds * 1000 + math.floor(micros / 1000)
    local young = seen == '' or ms < tonumber(seen) + tonumber(ARGV[12]) - tonumber(ARGV[8])
    if young and (due == '' or ms <= tonumber(due)) then
      local number = string.format('%.0f', seconds * 1000000 + micros)
      redis.call('HSET', record, 'st', 'DOING', 'tn', number, 'to', owner, 'lu', string.format('%.0f', ms + math.min(lease, limit)),
        'lm', string.format('%.0f', ms + limit), 'a', '1', 'd', '0', 'ch', number)
      if ARGV[14] == '1' then
        redis.call('HSET', record, 'uf', '1')
      end
      redis.call('PEXPIRE', record, string.format('%.0f', limit + tonumber(ARGV[11])))
      return {'RUN', number .. ':' .. owner, '0'}
    end
  end
end

