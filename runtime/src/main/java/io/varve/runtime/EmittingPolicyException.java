package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.VarveException;

/**
 * A projection that emits events is to leave out events that fail: what these would emit could not
 * come in its turn any more.
 */
public final class EmittingPolicyException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    private EmittingPolicyException(Projection projection, ErrorPolicy policy) {
        super(
                "A projection that emits events cannot leave out those that fail: projection="
                        + projection.name()
                        + " category="
                        + projection.topology().sinks().get(0).category()
                        + " policy="
                        + policy,
                "Give it ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.fail()), or a retry"
                        + " that ends so. To leave events out, let the topology filter them.");
        this.projection = projection.name();
    }

    /** Refuses a policy that ends otherwise than in failure. */
    static void check(Projection projection, ErrorPolicy policy) {
        if (!(policy.last() instanceof ErrorPolicy.Fail)) {
            throw new EmittingPolicyException(projection, policy);
        }
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }
}
