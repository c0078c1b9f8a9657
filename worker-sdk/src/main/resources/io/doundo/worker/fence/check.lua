-- Writes what a transition writes, so that a Redis that refuses writes is found out here.
local _, mark = evidenceSince()
redis.call('SET', epoch, mark)
redis.call('HSET', rec, 'st', 'TRIAL')
redis.call('PEXPIRE', rec, 60000)
redis.call('HDEL', rec, 'st')
return string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:([%w-]+)') or 'unknown'
