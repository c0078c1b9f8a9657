package io.doundo.launcher.chaos;

import io.doundo.examples.external.Store;
import io.doundo.history.LedgerLine;
import io.doundo.history.LedgerLine.Kind;
import io.doundo.history.LedgerLine.Report;
import io.doundo.protocol.CommandAction;
import java.nio.file.Path;
import java.util.List;

/** The ledger of the example workers, in the words of the history. */
final class WorkersLedger {

  private WorkersLedger() {}

  /** Everything that was ever done. */
  static List<LedgerLine> read(Path store) {
    return Store.read(store).ledger().stream().map(WorkersLedger::line).toList();
  }

  private static LedgerLine line(io.doundo.examples.external.LedgerEntry line) {
    return new LedgerLine(
        line.effectId(),
        line.began(),
        line.at(),
        line.flowId(),
        line.step(),
        CommandAction.valueOf(line.action()),
        line.generation(),
        line.attempt(),
        line.thingId(),
        Kind.valueOf(line.kind().name()),
        Report.UNKNOWN);
  }
}
