local mine, name, value, remove = ARGV[1] .. ':' .. ARGV[2], ARGV[3], ARGV[4], ARGV[5] == '1'

local held = f.st and token() == mine and (f.st == 'DOING' or f.st == 'UNDOING')
if remove then
  if held then
    drop(name)
  end
elseif held then
  put(name, value, 'k', '1')
else
  redis.call('HSETNX', rec, name, value)
  put('k', '1')
  if not f.st then
    redis.call('PEXPIRE', rec, ARGV[6])
  end
end
return held and 1 or 0
