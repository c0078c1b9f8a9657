package io.doundo.orchestrator.api.request;

import java.security.Principal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * The caller of a request, with its rights on tasks.
 *
 * @param names the caller's own name and those of its groups
 * @param isLimited whether it sees and completes only tasks for one of its names
 * @param mayActAs whether it may act on behalf of others
 * @param isAdmin whether it may do everything
 */
public record Caller(
    String name, Set<String> names, boolean isLimited, boolean mayActAs, boolean isAdmin) {

  /** The prefix of a group member's authority, before the group's name. */
  public static final String GROUP = "GROUP_";

  /** The authority of those who may act on behalf of others. */
  public static final String ACT_AS = "PERMISSION_ACT_AS";

  private static final String TASKS = "ROLE_TASKS";
  private static final String ADMIN = "ROLE_ADMIN";
  private static final String OPERATOR = "ROLE_OPERATOR";

  public Caller {
    names = Set.copyOf(names);
  }

  public static Caller of(@Nullable Principal principal) {
    String name = RequestBodies.caller(principal);
    List<String> authorities =
        principal instanceof Authentication caller
            ? caller.getAuthorities().stream().map(GrantedAuthority::getAuthority).toList()
            : List.of();
    Set<String> names = new HashSet<>(Set.of(name));
    for (String authority : authorities) {
      if (authority != null && authority.startsWith(GROUP)) {
        names.add(authority.substring(GROUP.length()));
      }
    }
    return new Caller(
        name,
        names,
        authorities.contains(TASKS) && !authorities.contains(OPERATOR),
        authorities.contains(ACT_AS),
        authorities.contains(ADMIN));
  }

  /** Whether a task for these people is also for the caller. */
  public boolean isOneOf(@Nullable String assignee, List<String> candidates) {
    return (assignee != null && names.contains(assignee))
        || candidates.stream().anyMatch(names::contains);
  }

  /** Refuses a request on behalf of somebody else without the permission for it. */
  public void requireMayActFor(@Nullable String other) {
    if (other != null && !mayActAs) {
      throw new ApiProblem(
          ProblemKind.FORBIDDEN,
          "%s may not act on behalf of %s: that needs a key with the permission act-as."
              .formatted(name, other));
    }
  }
}
