local owner, attempt, lease, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local onDoubt, redelivered, firstSent = ARGV[5], ARGV[6] == '1', ARGV[7]
local tolerance, deadline, margin = tonumber(ARGV[8]), ARGV[10], tonumber(ARGV[12])
local visibleSince, undoFailed = ARGV[13], ARGV[14] == '1'
retention, doubtRetention = tonumber(ARGV[9]), tonumber(ARGV[11])
local overdue = deadline ~= '' and now > tonumber(deadline) + tolerance

-- What was forgotten may have been an UNDO, and what landed after it.
local function mayFollowUndo()
  if not nothingForgotten(firstSent, tolerance) then
    f.b = '1'
  end
  if f.b then
    put('b', '1', 'k', '1')
  end
end

local function run(doubt, fresh)
  nextToken(owner, lease, limit)
  if f.st == 'IN_DOUBT' or f.uf or undoFailed then
    -- Of any other, a repeated ending would change nothing.
    answerGoes()
  end
  drop('vf', 'iv', 'o', 'at', 'rt', 'e', 'r', 'rs')
  put('a', text(math.max(attempt, tonumber(f.a or '0'))), 'd', doubt)
  if fresh or not f.ch then
    put('ch', f.tn)
  end
  if undoFailed then
    put('uf', '1')
  end
  mayFollowUndo()
  if not fresh then
    put('k', '1')
  end
  becomes('DOING')
  return {'RUN', token(), doubt}
end

-- No run before it is known; one that was forgotten may have had an effect all the same.
local function runFresh()
  return run(nothingForgotten(firstSent, tolerance) and '0' or '1', true)
end

local function verify()
  run('1', false)
  put('vf', '1')
  return {'VERIFY', token()}
end

local function inDoubt(reason)
  nextToken(owner, lease, limit)
  answerGoes()
  drop('lu', 'lm', 'vf', 'iv', 'r', 'rs')
  put('a', text(math.max(attempt, tonumber(f.a or '0'))), 'd', '1')
  put('o', 'UNKNOWN', 'rt', '1', 'e', reason, 'at', token())
  if not f.ch then
    put('ch', f.tn)
  end
  if undoFailed then
    put('uf', '1')
  end
  mayFollowUndo()
  becomes('IN_DOUBT')
  local reply = answer('UNKNOWN', '1', reason)
  reply[7] = token()
  return reply
end

local function fenced()
  local reply = answer('FENCED', '1', 'the UNDO of this step arrived first')
  reply[9] = '0'
  return reply
end

-- What landed after the UNDO is told until it is acknowledged, or an UNDO that began later has settled: its own run may
-- have died, and an UNDO that runs for it may fail unheard.
local function undone()
  if not f.lo then
    return fenced()
  end
  local landed = (f.l or f.ux) == 'DONE'
  local error = landed and '' or 'the effect landed after its run had lost the step'
  return {'REPLY', 'LATE_EFFECT', '1', error, landed and redis.call('HGET', rec, 'r'), '0', f.lo, '1', '0'}
end

-- An earlier run may have had its effect: what the handler's author said decides.
local function policy()
  if onDoubt == 'RERUN' then
    return run('1', false)
  elseif onDoubt == 'VERIFY' then
    return verify()
  end
  return inDoubt('an earlier run of this step did not finish, and the step must not run again')
end

local forgotten = 'the fence has lost records since this step was first sent, so its outcome is unknown'

-- The orchestrator has counted this attempt as timed out, and may have undone the step: nothing
-- begins, and the record stays as it is for the next attempt or the UNDO.
local function tooLate(clean)
  local reply = answer(clean and 'NO_EFFECT' or 'UNKNOWN', '1', 'the DO arrived after its deadline and was not run')
  reply[9] = (clean or nothingForgotten(firstSent, tolerance)) and '0' or '1'
  return reply
end

if not f.st then
  -- A transaction that was aborted may have sent it, and the orchestrator was away since.
  local mayBeOver = visibleSince ~= '' and not isRemembered(visibleSince, tolerance, margin)
  if overdue then
    return tooLate(not mayBeOver and neverBegan(firstSent, tolerance, margin))
  end
  if (attempt > 1 or redelivered) and not nothingForgotten(firstSent, tolerance) then
    if redelivered then
      return inDoubt(forgotten)
    end
    return policy()
  end
  if mayBeOver then
    return policy()
  end
  return runFresh()
elseif f.st == 'DOING' then
  if f.to == owner then
    grantAgain(lease, limit)
    if f.vf then
      return {'VERIFY', token()}
    end
    return {'RUN', token(), f.d}
  elseif leaseLives() then
    return {'WAIT', text(tonumber(f.lu) - now)}
  elseif f.iv then
    return fenced()
  end
  return policy()
elseif f.st == 'DONE' then
  return storedAnswer()
elseif f.st == 'FAILED' then
  if attempt <= tonumber(f.a) or f.o == 'UNCHANGED' then
    return storedAnswer()
  elseif f.ug then
    return fenced()
  end
  local lost = redelivered and not nothingForgotten(firstSent, tolerance)
  if overdue then
    return tooLate(not lost)
  elseif lost then
    return inDoubt(forgotten)
  end
  return runFresh()
elseif f.st == 'IN_DOUBT' then
  if f.ug then
    return fenced()
  elseif (f.a and attempt <= tonumber(f.a)) or f.o == 'UNCHANGED_IN_DOUBT' then
    return storedAnswer()
  elseif overdue then
    return tooLate(false)
  end
  return policy()
end
return undone()
