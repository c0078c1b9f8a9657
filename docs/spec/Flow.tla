-------------------------------- MODULE Flow --------------------------------
(***************************************************************************)
(* One flow: the orchestrator's task with its open transaction, commands   *)
(* that workers see before they are committed, workers behind their fence, *)
(* and the world in which their effects stand. Faults are counted, so that *)
(* there are finitely many; everything else may happen in any order.       *)
(***************************************************************************)
EXTENDS Core, Fence

CONSTANTS
  Kinds,       \* faults that may happen
  MaxFaults,   \* how many faults in all
  MaxFailures  \* how many handlers fail or throw

VARIABLES
  flow,     \* what the orchestrator's task knows, with its open transaction
  saved,    \* what it knew at its last commit
  read,     \* answers taken in the open transaction
  commands, \* sent and visible, not yet handled; committed or not
  answers,  \* sent, not yet taken
  runs,     \* handlers that run
  fence,    \* the record of each step
  tokens,   \* the last token that each fence gave out
  forgot,   \* steps whose record Redis may have forgotten
  shut,     \* whether the breaker is open, and holds commands back
  seen,     \* steps of which a DO was ever visible
  world,    \* how many effects of each step stand
  buried,   \* steps whose UNDO has begun, or that have a tombstone
  faults, failures

vars == <<flow, saved, read, commands, answers, runs, fence, tokens, forgot, shut, seen, world,
          buried, faults, failures>>
orchestratorVars == <<flow, saved, read>>
workerVars == <<runs, fence, tokens, world, buried>>
aside == <<forgot, shut>>
budget == <<faults, failures>>

(* The signals that are sent; a model says how many. Any of them may come   *)
(* early, late, or again.                                                   *)
Signals == {}
SignalRecords ==
  {[s |-> "-", act |-> "SIGNAL", gen |-> 0, att |-> n, out |-> "GO", sure |-> TRUE] : n \in Signals}

Init ==
  /\ flow = Unstarted /\ saved = Unstarted /\ read = {}
  /\ commands = {} /\ answers = SignalRecords /\ runs = {}
  /\ fence = [s \in Steps |-> Absent] /\ tokens = [s \in Steps |-> 0]
  /\ forgot = {} /\ shut = FALSE /\ seen = {}
  /\ world = [s \in Steps |-> 0] /\ buried = {}
  /\ faults = 0 /\ failures = 0

Fault(kind) == kind \in Kinds /\ faults < MaxFaults /\ faults' = faults + 1
Failure == failures < MaxFailures /\ failures' = failures + 1

-----------------------------------------------------------------------------
(* The orchestrator *)

(* What a decision sends is visible at once, though nothing is committed.  *)
Send(next) ==
  /\ flow' = next
  /\ commands' = commands \cup Sent(flow, next)
  /\ seen' = seen \cup {c.s : c \in {d \in Sent(flow, next) : d.act = "DO"}}

(* A breaker that is open holds it back before anything is visible.        *)
Decide(next) == Send(IF shut THEN HoldBack(flow, next) ELSE next)

Start ==
  /\ flow.status = "NEW"
  /\ Decide(Begun(flow))
  /\ UNCHANGED <<saved, read, answers, workerVars, aside, budget>>

Take(a) ==
  /\ flow.status # "NEW"
  /\ Decide(Answered(flow, a))
  /\ UNCHANGED <<saved, workerVars, aside, failures>>
  /\ \/ answers' = answers \ {a} /\ read' = read \cup {a} /\ UNCHANGED faults
     \/ Fault("duplicate") /\ UNCHANGED <<answers, read>>

Concerns(s, act, m) == m.s = s /\ m.act = act

(* An attempt of which nothing is under way any more can only time out.    *)
Silent(s) ==
  LET act == IF UndoInFlight(flow.step[s]) THEN "UNDO" ELSE "DO"
  IN ~\E m \in commands \cup answers \cup runs : Concerns(s, act, m)

Timer(s) ==
  /\ ~Ended(flow) /\ flow.status # "NEW"
  /\ UNCHANGED <<saved, read, answers, workerVars, aside, failures>>
  /\ \/ /\ flow.step[s].open > 0
        /\ Decide(TimedOut(flow, s))
        /\ IF Silent(s) THEN UNCHANGED faults ELSE Fault("timeout")
     \/ /\ flow.step[s].due = "wait"
        /\ Decide(DelayPassed(flow, s))
        /\ UNCHANGED faults
     \/ /\ flow.step[s].st = "WAITING"
        /\ Decide(WaitOver(flow, s))
        /\ UNCHANGED faults

(* A turn is read back only after its transaction was committed.           *)
TurnIsReadable == saved.undoTurn = flow.undoTurn

ReadTurn ==
  /\ flow.undoTurn > 0 /\ ~flow.undoOk /\ LeadsBack(flow)
  /\ TurnIsReadable
  /\ Decide(TurnCommitted(flow))
  /\ UNCHANGED <<saved, read, answers, workerVars, aside, budget>>

Commit ==
  /\ flow # saved \/ read # {}
  /\ saved' = flow /\ read' = {}
  /\ UNCHANGED <<flow, commands, answers, workerVars, aside, seen, budget>>

(* The transaction is aborted; its commands were seen all the same.        *)
Crash ==
  /\ flow # saved \/ read # {}
  /\ Fault("crash")
  /\ flow' = saved /\ answers' = answers \cup read /\ read' = {}
  /\ UNCHANGED <<saved, commands, workerVars, aside, seen, failures>>

(* No definition comes in time, or an operator cancels the flow before.    *)
Reject ==
  /\ flow.status = "NEW"
  /\ Fault("reject")
  /\ flow' = Rejected(flow)
  /\ UNCHANGED <<saved, read, commands, answers, workerVars, aside, seen, failures>>

BreakerOpens ==
  /\ ~shut /\ Fault("breaker")
  /\ shut' = TRUE
  /\ UNCHANGED <<orchestratorVars, commands, answers, workerVars, forgot, seen, failures>>

BreakerCloses ==
  /\ shut /\ shut' = FALSE
  /\ UNCHANGED <<orchestratorVars, commands, answers, workerVars, forgot, seen, budget>>

(* The breaker lets the command through, or too much time has passed: every *)
(* hold ends.                                                              *)
HoldEnds(s) ==
  /\ flow.step[s].st = "HELD"
  /\ Send(HoldEnded(flow, s))
  /\ UNCHANGED <<saved, read, answers, workerVars, aside, budget>>

(* An operator cancels, or the flow's own timeout does.                    *)
Cancel ==
  /\ flow.status = "IN_PROGRESS"
  /\ Fault("cancel")
  /\ Decide(Cancelled(flow))
  /\ UNCHANGED <<saved, read, answers, workerVars, aside, failures>>

-----------------------------------------------------------------------------
(* Workers *)

Answer(c, out, f) ==
  [s |-> c.s, act |-> c.act, gen |-> c.gen, att |-> c.att, out |-> out,
   sure |-> c.act = "UNDO" \/ VouchedFor(f, out)]

Begin(c) ==
  IF c.act = "DO" THEN BeginDo(fence[c.s], c, tokens[c.s] + 1, c.s \in forgot)
  ELSE BeginUndo(fence[c.s], c, tokens[c.s] + 1, c.s \in forgot)

Given(verdict) == IF verdict = "NOTHING" THEN {} ELSE {verdict}

Deliver(c) ==
  LET begun == Begin(c)
      verdict == begun.verdict
      run == [s |-> c.s, act |-> c.act, gen |-> c.gen, att |-> c.att, known |-> c.known,
              tok |-> begun.f.tok, landed |-> FALSE, tooLate |-> c.s \in buried]
  IN /\ verdict = "WAIT" => begun.f # fence[c.s]
     /\ fence' = [fence EXCEPT ![c.s] = begun.f]
     /\ tokens' = [tokens EXCEPT ![c.s] = Larger(@, begun.f.tok)]
     /\ runs' = IF verdict = "RUN" THEN runs \cup {run} ELSE runs
     /\ buried' = IF c.act = "UNDO" /\ verdict \in {"RUN", "UNDONE"}
                  THEN buried \cup {c.s} ELSE buried
     /\ CASE verdict = "WAIT" -> UNCHANGED <<commands, answers, faults>>
          [] OTHER ->
               /\ answers' = IF verdict = "RUN" THEN answers
                             ELSE answers \cup {Answer(c, verdict, begun.f)}
               /\ \/ commands' = commands \ {c} /\ UNCHANGED faults
                  \/ Fault("duplicate") /\ UNCHANGED commands
     /\ UNCHANGED <<orchestratorVars, aside, seen, world, failures>>

Landing(s) ==
  [world EXCEPT ![s] = IF Policy = "RERUN" THEN 1 ELSE @ + 1]

(* The command as it is delivered again after its worker has died.         *)
Again(r) == [s |-> r.s, act |-> r.act, gen |-> r.gen, att |-> r.att, known |-> r.known,
             again |-> TRUE]

Ends(r, ending) ==
  LET finished == Finish(fence[r.s], r, ending) IN
  /\ fence' = [fence EXCEPT ![r.s] = finished.f]
  /\ runs' = runs \ {r}
  /\ \/ /\ answers' = answers \cup {Answer(r, out, finished.f) : out \in Given(finished.verdict)}
        /\ UNCHANGED <<commands, faults>>
     \/ \* The answer is lost with its worker, and the command is delivered again.
        /\ finished.verdict # "LATE_EFFECT"
        /\ Fault("loss")
        /\ commands' = commands \cup {Again(r)}
        /\ UNCHANGED answers
  /\ UNCHANGED <<orchestratorVars, tokens, aside, seen, buried>>

DoReturns(r) ==
  /\ r.act = "DO"
  /\ \/ Ends(r, "DONE") /\ world' = Landing(r.s) /\ UNCHANGED failures
     \/ Ends(r, "NO_EFFECT") /\ Failure /\ UNCHANGED world
     \/ Ends(r, "IN_DOUBT") /\ Failure /\ (UNCHANGED world \/ world' = Landing(r.s))

UndoLands(r) ==
  /\ r.act = "UNDO" /\ ~r.landed
  /\ world' = [world EXCEPT ![r.s] = 0]
  /\ runs' = (runs \ {r}) \cup {[r EXCEPT !.landed = TRUE]}
  /\ UNCHANGED <<orchestratorVars, commands, answers, fence, tokens, aside, seen, buried,
                 budget>>

UndoReturns(r) ==
  /\ r.act = "UNDO" /\ UNCHANGED world
  /\ \/ r.landed /\ Ends(r, "UNDONE") /\ UNCHANGED failures
     \/ Ends(r, "UNDO_THREW") /\ Failure

(* A worker that has lost its step and is killed before it can say so is   *)
(* what no fence can see: the effect of such a run is outside the promise. *)
MayDie(r) == Holds(fence[r.s], r) \/ r.s \notin buried

Dies(r) ==
  /\ MayDie(r) /\ Fault("death")
  /\ runs' = runs \ {r}
  /\ commands' = commands \cup {Again(r)}
  /\ \/ UNCHANGED world
     \/ r.act = "DO" /\ world' = Landing(r.s)
  /\ UNCHANGED <<orchestratorVars, answers, fence, tokens, aside, seen, buried, failures>>

(* The lease of a dead run ends by itself; that of a live one only when it *)
(* stalls.                                                                 *)
LeaseEnds(s) ==
  /\ fence[s].live
  /\ fence' = [fence EXCEPT ![s].live = FALSE]
  /\ IF \E r \in runs : r.s = s /\ Holds(fence[s], r) THEN Fault("stall") ELSE UNCHANGED faults
  /\ UNCHANGED <<orchestratorVars, commands, answers, runs, tokens, aside, seen, world, buried,
                 failures>>

-----------------------------------------------------------------------------
(* The network, and Redis *)

(* A command is lost for good.                                             *)
LoseCommand(c) ==
  /\ Fault("loss")
  /\ commands' = commands \ {c}
  /\ UNCHANGED <<orchestratorVars, answers, workerVars, aside, seen, failures>>

EmptyRedis ==
  /\ Fault("redis")
  /\ fence' = [s \in Steps |-> Absent]
  /\ forgot' = forgot \cup seen
  /\ UNCHANGED <<orchestratorVars, commands, answers, runs, tokens, shut, seen, world, buried,
                 failures>>

-----------------------------------------------------------------------------
(* So that TLC takes for a deadlock only a flow that neither moves nor ended. *)
Rests == Ended(saved) /\ UNCHANGED vars

Next ==
  \/ Rests \/ Start \/ Reject \/ ReadTurn \/ Commit \/ Crash \/ Cancel \/ EmptyRedis
  \/ BreakerOpens \/ BreakerCloses
  \/ \E a \in answers : Take(a)
  \/ \E s \in Steps : Timer(s) \/ LeaseEnds(s) \/ HoldEnds(s)
  \/ \E c \in commands : Deliver(c) \/ LoseCommand(c)
  \/ \E r \in runs : DoReturns(r) \/ UndoLands(r) \/ UndoReturns(r) \/ Dies(r)

(* Faults are finitely many and every other action uses something up, so   *)
(* that it is enough to go on: whatever can happen goes on happening.      *)
Spec == Init /\ [][Next]_vars /\ WF_vars(Next)

-----------------------------------------------------------------------------
(* Safety *)

OnTheWay(s) == {m \in answers \cup read : m.s = s}

(* UNDONE, or REJECTED: no step that has an undo left an effect behind. One *)
(* that lands after the end is answered for, and that answer brings the     *)
(* flow back. So it does if the worker dies before it answers, where a DO   *)
(* may begin after the end: because Redis has forgotten the UNDO, or only a *)
(* transaction that a crash aborted has sent the DO, so that the flow knows *)
(* of none. Its command is delivered again, and that run answers.           *)
UndoneHasNone ==
  saved.status \in {"UNDONE", "REJECTED"} /\ flow = saved =>
    \A s \in Steps \ NoUndo :
      world[s] > 0 =>
        \/ \E m \in OnTheWay(s) : m.act = "DO" /\ m.out \in {"OK", "LATE_EFFECT", "UNKNOWN"}
        \/ /\ s \in forgot \/ saved.step[s].ds = 0
           /\ \/ \E c \in commands : c.s = s /\ c.act = "DO" /\ c.again
              \/ \E r \in runs : r.s = s /\ r.act = "DO"

CompletedHasOneEach ==
  saved.status = "COMPLETED" => \A s \in Outside : world[s] = 1

(* Nothing is sent of a step that needs no worker. *)
NothingSentInside == \A c \in commands : c.s \in Outside

(* Each signal is taken once or refused once. *)
EachSignalOnce ==
  /\ flow.kept \cap (flow.taken \cup flow.refused) = {}
  /\ flow.taken \cap flow.refused = {}
  /\ \A s \in Waits : Passed(flow.step[s]) <=> flow.taken # {}

(* One whose record is read is not forgotten, and none is left at the end. *)
NoSignalIsLost ==
  /\ flow = saved /\ read = {} =>
       \A r \in SignalRecords \ answers : r.att \in saved.kept \cup saved.taken \cup saved.refused
  /\ Ended(saved) => saved.kept = {}

(* No effect begins after the UNDO or the tombstone, as long as Redis      *)
(* remembers it.                                                           *)
NoEffectAfterUndo == \A r \in runs : r.act = "DO" /\ r.tooLate => r.s \in forgot

(* An UNDO is visible only when the way back is committed.                 *)
UndoIsCommittedFirst == (\E c \in commands : c.act = "UNDO") => LeadsBack(saved)

AttemptsWithinPolicy ==
  \A s \in Steps : LET x == saved.step[s] IN x.ds - x.db <= MaxDo /\ x.us - x.ub <= MaxUndo

(* An ended flow changes only by a repair that is recorded.                *)
OnlyRecordedRepairs ==
  [][/\ saved.status = "COMPLETED" => saved'.status = "COMPLETED"
     /\ saved.status \in {"UNDONE", "REJECTED"} /\ saved'.status # saved.status =>
          saved'.repairs > saved.repairs
    ]_vars

(* A command that is held back uses no attempt, and says nothing of the     *)
(* effect. What a crash brings back is no decision.                        *)
HeldUsesNoAttempt ==
  [][\A s \in Steps :
       flow'.step[s].st = "HELD" /\ flow.step[s].st # "HELD" /\ flow' # saved =>
         /\ flow'.step[s].open = 0
         /\ flow'.step[s].ds = flow.step[s].ds /\ flow'.step[s].us = flow.step[s].us
         /\ LeadsBack(flow') \/ flow'.step[s].ev = flow.step[s].ev]_vars

(* An UNDO is sent when all that depended on its step is settled, a DO     *)
(* when all it depends on has passed.                                      *)
GraphIsHonoured ==
  [][\A s \in Steps :
       /\ flow'.step[s].us > flow.step[s].us =>
            \A d \in Dependents(s) :
              ~DoInFlight(flow'.step[d]) /\ ~Owes(d, flow'.step[d])
       /\ flow'.step[s].ds > flow.step[s].ds =>
            \A d \in Dependencies(s) : Passed(flow'.step[d])]_vars

(* Liveness *)
EveryFlowEnds == <>[]Ended(saved)
=============================================================================
