-- The usual end of a run: a DO succeeded and still holds the step. It does what finish.lua does, but for the ended
-- lease, which stays where nobody reads it. Returns true. In any other case it changes nothing and returns nothing.
local function usualFinish(record, number, owner, retryable, hasResult, result, retention)
  local known = redis.call('HMGET', record, 'st', 'tn', 'to', 'iv', 'vf', 'b')
  if known[1] ~= 'DOING' or known[2] ~= number or known[3] ~= owner or known[4] or known[5] or known[6] then
    return
  end
  local mine = number .. ':' .. owner
  if hasResult == '1' then
    redis.call('HSET', record, 'st', 'DONE', 'o', 'OK', 'rt', retryable, 'at', mine, 'r', result)
  else
    redis.call('HSET', record, 'st', 'DONE', 'o', 'OK', 'rt', retryable, 'at', mine)
  end
  redis.call('PEXPIRE', record, retention)
  return true
end

-- The usual end of an UNDO: the DO had succeeded, and no effect is late. It does what finish.lua does, and returns true.
-- In any other case it changes nothing and returns nothing.
local function usualUndone(record, number, owner, retention)
  local known = redis.call('HMGET', record, 'st', 'tn', 'to', 'o', 'at', 'l', 'lt', 'dt')
  if known[1] ~= 'UNDOING' or known[2] ~= number or known[3] ~= owner or known[4] ~= 'OK' or known[6] or known[7]
    or known[8] then
    return
  end
  redis.call('HDEL', record, 'lu', 'lm', 'iv', 'pr', 'uc', 'pg', 'um', 'ue', 'ut', 'd', 'b', 'e', 'rs', 'r', 'lo')
  redis.call('HSET', record, 'st', 'UNDONE', 'o', 'UNDONE', 'rt', '1', 'at', number .. ':' .. owner)
  if known[5] and known[5] ~= '0:' then
    redis.call('HSET', record, 'dt', known[5])
  end
  redis.call('PEXPIRE', record, retention)
  return true
end

