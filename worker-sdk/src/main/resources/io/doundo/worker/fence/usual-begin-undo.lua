-- The usual UNDO: the DO succeeded, no UNDO has begun, and no effect is late. It does what begin-undo.lua does;
-- prelude.lua lists the fields. It returns the token's number, and the result if the record still has it. In any other
-- case it changes nothing and returns nothing.

-- As LuaFence has it for what it sends.
local largestInBatch = 16384

local function usualBeginUndo(record, owner, generation, command, lease, limit, undoFailed, doubtRetention)
  local known = redis.call('HMGET', record, 'st', 'tn', 'ch', 'r', 'ug', 'um', 'vf', 'iv', 'l', 'lo')
  if known[1] ~= 'DONE' or known[5] or known[6] or known[7] or known[8] or known[9] or known[10]
    or (known[4] and #known[4] > largestInBatch) then
    return
  end
  local now = millis()
  local number = string.format('%.0f', math.max(tonumber(known[2] or '0') + 1, seconds * 1000000 + micros))
  redis.call('HSET', record, 'st', 'UNDOING', 'tn', number, 'to', owner,
    'lu', string.format('%.0f', now + math.min(lease, limit)), 'lm', string.format('%.0f', now + limit),
    'pr', 'DONE', 'ux', 'DONE', 'uc', command, 'ug', generation)
  if not known[2] then
    -- Of an acknowledged record.
    redis.call('HSET', record, 'db', number)
  end
  if undoFailed == '1' then
    redis.call('HSET', record, 'uf', '1')
  end
  if known[3] then
    redis.call('HDEL', record, 'ch')
  end
  redis.call('PEXPIRE', record, string.format('%.0f', limit + doubtRetention))
  return {number, known[4]}
end

