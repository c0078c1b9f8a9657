local mine, name, value, remove, retention = ARGV[1] .. ':' .. ARGV[2], ARGV[3], ARGV[4], ARGV[5] == '1', ARGV[6]

local held = f.st and token() == mine and (f.st == 'DOING' or f.st == 'UNDOING')
if remove then
  if held then
    drop(name)
  end
elseif held then
  put(name, value)
else
  redis.call('HSETNX', rec, name, value)
  if not f.st then
    redis.call('PEXPIRE', rec, retention)
  end
end
return held and 1 or 0
