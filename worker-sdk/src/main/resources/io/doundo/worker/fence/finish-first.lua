-- The usual case before all others: a DO succeeded and still holds the step. What it does is what finish.lua does,
-- but for the ended lease, which stays where nobody reads it.
if ARGV[5] == 'DONE' and ARGV[7] == '' then
  local known = redis.call('HMGET', KEYS[1], 'st', 'tn', 'to', 'iv', 'vf', 'b')
  if known[1] == 'DOING' and known[2] == ARGV[1] and known[3] == ARGV[2] and not known[4] and not known[5]
    and not known[6] then
    local mine = ARGV[1] .. ':' .. ARGV[2]
    if ARGV[9] == '1' then
      redis.call('HSET', KEYS[1], 'st', 'DONE', 'o', 'OK', 'rt', ARGV[6], 'at', mine, 'r', ARGV[8])
    else
      redis.call('HSET', KEYS[1], 'st', 'DONE', 'o', 'OK', 'rt', ARGV[6], 'at', mine)
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[10])
    return {'REPLY', 'OK', '0'}
  end
end

