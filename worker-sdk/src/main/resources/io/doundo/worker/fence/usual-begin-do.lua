-- The usual DO, in few calls: a first attempt, delivered for the first time and in time, of a step of which nothing is
-- known and nothing can have been forgotten, by the mark alone. It does what begin-do.lua does; the fields are told in
-- prelude.lua. Returns the number of the token. In any other case it changes nothing and returns nothing.
local function evidenceByTheMark(mark)
  local known = redis.call('GET', mark)
  return known and tonumber((string.match(known, ':(%d+)$')))
end

local function usualBeginDo(record, since, owner, lease, limit, firstSent, due, seen, undoFailed, tolerance, margin,
  doubtRetention)
  if not since or firstSent == '' or tonumber(firstSent) - tolerance < since or redis.call('EXISTS', record) == 1 then
    return
  end
  local now = millis()
  if (seen ~= '' and now >= tonumber(seen) + margin - tolerance) or (due ~= '' and now > tonumber(due)) then
    return
  end
  local number = string.format('%.0f', seconds * 1000000 + micros)
  redis.call('HSET', record, 'st', 'DOING', 'tn', number, 'to', owner,
    'lu', string.format('%.0f', now + math.min(lease, limit)), 'lm', string.format('%.0f', now + limit),
    'a', '1', 'd', '0', 'ch', number)
  if undoFailed == '1' then
    redis.call('HSET', record, 'uf', '1')
  end
  redis.call('PEXPIRE', record, string.format('%.0f', limit + doubtRetention))
  return number
end

