local number, owner, generation, attempt = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local kind, retryable, error, result, hasResult = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9] == '1'
retention, doubtRetention = tonumber(ARGV[10]), tonumber(ARGV[11])
local undoFailed = ARGV[12] == '1'

local mine = number .. ':' .. owner
local isDo = kind == 'DONE' or kind == 'UNCHANGED' or kind == 'NO_EFFECT' or kind == 'IN_DOUBT'

-- Makes the outcome of this run the stored answer of the DO.
local function keepAnswer(outcome)
  answerGoes()
  put('o', outcome, 'rt', retryable, 'at', mine)
  drop('rs', 'r', 'e')
  if hasResult then
    put('r', result)
  end
  if error ~= '' then
    put('e', error)
  end
end

local function settleDo()
  drop('lu', 'lm', 'vf', 'iv')
  if kind == 'DONE' then
    keepAnswer('OK')
    becomes('DONE')
  elseif kind == 'UNCHANGED' and f.d == '1' then
    -- What this run found, an earlier one in doubt may have made.
    keepAnswer('UNCHANGED_IN_DOUBT')
    put('d', '1')
    becomes('IN_DOUBT')
  elseif kind == 'UNCHANGED' then
    keepAnswer('UNCHANGED')
    becomes('FAILED')
  elseif kind == 'NO_EFFECT' and f.d ~= '1' then
    keepAnswer('NO_EFFECT')
    becomes('FAILED')
  else
    -- A run without effect says nothing of the runs before it.
    keepAnswer('UNKNOWN')
    put('d', '1')
    becomes('IN_DOUBT')
  end
  return {'REPLY', redis.call('HGET', rec, 'o'), f.b or '0'}
end

local function settleUndo()
  drop('lu', 'lm', 'iv', 'pr', 'uc', 'pg', 'um', 'ue', 'ut', 'd', 'b')
  f.b = nil
  answerGoes()
  put('o', 'UNDONE', 'rt', '1', 'at', mine)
  drop('e', 'rs')
  if not f.l then
    -- If any effect was late, it landed before this UNDO began.
    drop('r', 'lo', 'lt')
    hasEnded(f.lt)
  end
  becomes('UNDONE')
  return {'REPLY', 'UNDONE', '0'}
end

local function undoThrew()
  drop('lu', 'lm', 'iv', 'pr', 'pg')
  put('ut', mine, 'um', f.uc, 'ue', error)
  if f.pr == 'UNDONE' then
    put('ug', f.pg, 'l', f.l or f.ux)
    -- It ran for an effect that landed after an UNDO of the same generation; an earlier version of the SDK stopped
    -- reporting that effect when the UNDO began.
    if f.pg == f.ug and not f.lo and f.lt then
      put('lo', f.lt)
    end
  end
  becomes(f.pr)
  return {'REPLY', 'UNKNOWN', '0'}
end

-- The record is gone with everything Redis held. What this run knows is written down again.
local function settleForgotten()
  put('tn', number, 'to', owner, 'k', '1')
  f.tn, f.to = number, owner
  if undoFailed then
    put('uf', '1')
  end
  if isDo then
    put('a', attempt, 'ch', number, 'b', '1')
    f.d, f.b = '1', '1'
    return settleDo()
  end
  put('ug', generation)
  if kind == 'UNDONE' then
    return settleUndo()
  end
  put('d', '1', 'o', 'UNKNOWN', 'rt', '1', 'e', 'the outcome of the DO is unknown', 'at', '0:', 'ut', mine, 'um', '', 'ue', error)
  -- Another UNDO may have succeeded before the record was gone.
  put('b', '1')
  becomes('IN_DOUBT')
  return {'REPLY', 'UNKNOWN', '0'}
end

-- The answer of this run was replaced or acknowledged since, so that nothing is owed for it: an UNDO that has settled
-- since has undone it, a run that followed repeats it or includes it.
local function hadEnded()
  return not f.tn or (f.db and tonumber(number) < tonumber(f.db))
    or (f.dt and string.find(' ' .. f.dt .. ' ', ' ' .. mine .. ' ', 1, true))
end

local function late()
  put('lt', mine, 'k', '1')
  return {'LATE'}
end

-- The run has lost the step. If its effect may stand and no other run covers it, it is late.
local function settleLate()
  -- What a failed run may leave is undone with the step, unless the UNDO was there before.
  local leaves = (f.uf or undoFailed) and (f.st == 'UNDOING' or f.st == 'UNDONE')
  if not isDo or kind == 'UNCHANGED' or (kind == 'NO_EFFECT' and not leaves) then
    return {'SUPERSEDED'}
  end
  local landed = kind == 'DONE'
  local covered = f.ch and tonumber(number) >= tonumber(f.ch)
  if f.st == 'DOING' then
    put('d', '1')
    return covered and {'SUPERSEDED'} or late()
  elseif f.st == 'DONE' then
    return covered and {'SUPERSEDED'} or late()
  elseif f.st == 'FAILED' or f.st == 'IN_DOUBT' then
    if landed then
      keepAnswer('OK')
      becomes('DONE')
    elseif f.st == 'IN_DOUBT' then
      return {'SUPERSEDED'}
    else
      keepAnswer('UNKNOWN')
      put('d', '1')
      becomes('IN_DOUBT')
    end
    return late()
  end
  -- UNDOING or UNDONE
  put('l', (landed or f.l == 'DONE') and 'DONE' or 'UNKNOWN')
  if f.st == 'UNDOING' and f.pr ~= 'UNDONE' then
    if landed then
      keepAnswer('OK')
      put('pr', 'DONE')
    elseif f.pr == 'FAILED' then
      keepAnswer('UNKNOWN')
      put('pr', 'IN_DOUBT', 'd', '1')
    end
  elseif landed and hasResult then
    put('r', result)
  end
  put('lo', mine)
  return late()
end

if not f.st then
  return settleForgotten()
elseif token() == mine and (f.st == 'DOING' or f.st == 'UNDOING') then
  if isDo ~= (f.st == 'DOING') then
    return redis.error_reply('ERR a run of ' .. f.st .. ' cannot end as ' .. kind)
  elseif isDo then
    return settleDo()
  end
  return kind == 'UNDONE' and settleUndo() or undoThrew()
end
-- Said before, and the reply was lost.
if f.lt == mine then
  return {'LATE'}
elseif f.at == mine then
  if isDo and f.st == 'UNDOING' then
    -- Its UNDO undoes it. A success told now would be taken for one after the UNDO.
    return {'SUPERSEDED'}
  end
  return {'REPLY', f.o, isDo and f.b or '0'}
elseif f.ut == mine then
  return {'REPLY', 'UNKNOWN', '0'}
elseif isDo and hadEnded() then
  return {'SUPERSEDED'}
end
return settleLate()
