-- By itself, because it is run for each answer: the fields are told in prelude.lua.
local kept = redis.call('HMGET', KEYS[1], 'at', 'o')
if kept[1] == ARGV[1] .. ':' .. ARGV[2] and kept[2] == 'OK' and redis.call('HDEL', KEYS[1], 'r') == 1 then
  redis.call('HSET', KEYS[1], 'rs', '1')
end
