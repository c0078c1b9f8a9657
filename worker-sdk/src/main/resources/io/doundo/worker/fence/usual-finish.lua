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

