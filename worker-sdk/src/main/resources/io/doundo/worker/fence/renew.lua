local mine, lease, ruledOut = ARGV[1] .. ':' .. ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'

if not f.st then
  return 'FORGOTTEN'
elseif token() ~= mine or (f.st ~= 'DOING' and f.st ~= 'UNDOING') then
  return 'LOST'
end
if ruledOut then
  put('d', '0', 'ch', f.tn)
  drop('vf')
end
if now >= tonumber(f.lm) then
  return 'LIMIT_REACHED'
end
put('lu', text(math.min(now + lease, tonumber(f.lm))))
return f.iv and 'UNDO_WAITS' or 'HELD'
