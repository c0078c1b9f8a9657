-- By itself, because it is run for each answer: the fields are told in prelude.lua.
local record, due, tolerance, margin, retention = KEYS[1], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local kept = redis.call('HMGET', record, 'at', 'st', 'o', 'k', 'ug', 'a', 'rt', 'e', 'rs', 'lo', 'uf')
if kept[10] == ARGV[1] .. ':' .. ARGV[2] then
  redis.call('HDEL', record, 'lo')
end
if kept[1] ~= ARGV[1] .. ':' .. ARGV[2] then
  return
end

local state, outcome = kept[2], kept[3]
local sent = kept[9]
local success = outcome == 'OK' or outcome == 'UNCHANGED' or outcome == 'UNCHANGED_IN_DOUBT'
if success and redis.call('HDEL', record, 'r') == 1 then
  redis.call('HSET', record, 'rs', '1')
  sent = '1'
end

-- An answer that was acknowledged before its deadline ends the attempts of the step. From its deadline on no DO begins,
-- so that the record need not outlive it by more than the clocks may differ; it is written anew, because a hash that was
-- once large stays so.
if due == '' or kept[4] or kept[5] or (state ~= 'DONE' and state ~= 'FAILED') then
  return
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local left = tonumber(due) - now
if left <= tolerance then
  return
end
redis.call('DEL', record)
redis.call('HSET', record, 'st', state, 'o', outcome, 'a', kept[6])
if sent then
  redis.call('HSET', record, 'rs', sent)
end
if kept[7] == '0' then
  redis.call('HSET', record, 'rt', '0')
end
if kept[11] then
  redis.call('HSET', record, 'uf', '1')
end
if kept[8] then
  redis.call('HSET', record, 'e', kept[8])
end
redis.call('PEXPIRE', record, string.format('%.0f', math.min(left + margin, retention)))
