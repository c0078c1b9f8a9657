package io.doundo.launcher.dev;

/** Printed once everything is ready: the addresses and the next commands. */
final class Banner {

  private Banner() {}

  static String of(DevPlan plan, boolean withWorkers) {
    String url = plan.httpPort() == 8080 ? "" : " --url " + plan.url();
    String register =
        withWorkers
            ? ""
            : "  ./doundo register%s registration-examples/initiator-registration.yaml%n"
                .formatted(url);
    return """

        DoUndo is up.
          Kafka   %1$s
          Redis   %6$s
          Console %2$s/
          REST    %2$s/api/flows   (API docs: %2$s/swagger-ui.html)
          Data    %3$s   (logs in %4$s)

        In another terminal, for example:
          ./doundo demo%8$s
        %7$s  ./doundo start%5$s tenantCreation --payload '{"tenantName":"acme"}'%9$s
          ./doundo flows%5$s
          ./doundo kafka console-consumer --bootstrap-server %1$s --topic orchestrator.flow.events --from-beginning

        Ctrl-C stops everything and keeps the data."""
        .formatted(
            plan.bootstrapServers(),
            plan.url(),
            plan.data(),
            plan.logs(),
            url,
            plan.redis(),
            register,
            data(plan),
            withWorkers ? " --wait" : "");
  }

  /** Without it, the demo looks in the default place, and finds there what is where. */
  private static String data(DevPlan plan) {
    return plan.data().equals(DevCommand.defaultData()) ? "" : " --data " + plan.data();
  }
}
