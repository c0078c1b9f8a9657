package io.doundo.launcher.dev;

/** What is printed once everything is ready: what is where, and what to type next. */
final class Banner {

  private Banner() {}

  static String of(DevPlan plan) {
    String url = plan.httpPort() == 8080 ? "" : " --url " + plan.url();
    return """

        DoUndo is up.
          Kafka   %1$s
          Redis   %6$s
          REST    %2$s/api/flows   (described at %2$s/swagger-ui.html)
          Data    %3$s   (logs in %4$s)

        In another terminal, for example:
          ./doundo register%5$s registration-examples/initiator-registration.yaml
          ./doundo start%5$s tenantCreation --payload '{"tenantName":"acme"}'
          ./doundo flows%5$s
          ./doundo kafka console-consumer --bootstrap-server %1$s --topic orchestrator.flow.events --from-beginning

        Ctrl-C stops everything; the data stays."""
        .formatted(
            plan.bootstrapServers(), plan.url(), plan.data(), plan.logs(), url, plan.redis());
  }
}
