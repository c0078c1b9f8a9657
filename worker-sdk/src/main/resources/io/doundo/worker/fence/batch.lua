-- Transitions of several records in one script. Each is the usual case of its own script, by the same function.
--
-- KEYS[1]      the mark; KEYS[2], …  the records, one for each transition
-- ARGV[1..4]   tolerance between clocks, margin of acknowledged records, retention, retention of what is in doubt
-- ARGV[5], …   for each transition its name and its arguments
--
-- Returns for each transition what its function returns, or true. False says that its own script must decide: the case
-- is another one, or the record cannot be used. The others do not notice.
local tolerance, margin, doubtRetention = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])
local retention = ARGV[3]
local since = evidenceByTheMark(KEYS[1])
local replies = {}
local at = 5
for i = 2, #KEYS do
  local record, name = KEYS[i], ARGV[at]
  local fine, reply
  if name == 'begin-do' then
    fine, reply = pcall(usualBeginDo, record, since, ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]),
      ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7], tolerance, margin, doubtRetention)
    reply = fine and reply
    at = at + 8
  elseif name == 'finish' then
    fine, reply = pcall(usualFinish, record, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5],
      retention)
    reply = fine and reply
    at = at + 6
  elseif name == 'begin-undo' then
    fine, reply = pcall(usualBeginUndo, record, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], tonumber(ARGV[at + 4]),
      tonumber(ARGV[at + 5]), ARGV[at + 6], doubtRetention)
    reply = fine and reply
    at = at + 7
  elseif name == 'undone' then
    fine, reply = pcall(usualUndone, record, ARGV[at + 1], ARGV[at + 2], retention)
    reply = fine and reply
    at = at + 3
  elseif name == 'answered' then
    reply = pcall(acknowledge, record, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], tolerance, margin, tonumber(retention))
    at = at + 4
  else
    return redis.error_reply('ERR a batch has no transition ' .. tostring(name))
  end
  replies[i - 1] = reply or false
end
return replies
