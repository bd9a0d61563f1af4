package io.varve.fuzz;

import io.varve.store.errors.VarveException;
import java.util.List;
import java.util.Objects;

/**
 * Something that is given bytes of any kind: it takes them, or refuses them with an error that is
 * documented. One thread at a time.
 *
 * @param name of the target, and of the file with its corpus
 * @param seeds inputs that are taken, to begin with
 * @param body takes an input
 * @param refusals errors by which it may be refused; one of ours must say what to do
 */
public record FuzzTarget(
        String name, List<byte[]> seeds, Body body, List<Class<? extends Throwable>> refusals) {
    /** Takes an input, and checks what was made of it. */
    @FunctionalInterface
    public interface Body {
        /**
         * Takes an input.
         *
         * @param input any bytes; not to be changed
         * @throws Exception that refuses it, or that nobody should see
         */
        void take(byte[] input) throws Exception;
    }

    /** What was decoded, and is not what it should be; thrown where the target looks only. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        /** Refuses an input in a way that its reader is prepared for. */
        public Refused(Throwable cause) {
            super(cause.toString(), cause, false, false);
        }
    }

    /** A target that may refuse by errors of these classes. */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are only read
    public static FuzzTarget of(
            String name, List<byte[]> seeds, Body body, Class<? extends Throwable>... refusals) {
        return new FuzzTarget(name, seeds, body, List.of(refusals));
    }

    /**
     * Gives it an input.
     *
     * @return what refused it; null if it was taken
     * @throws FuzzFailure if a promise was broken
     */
    Throwable feed(byte[] input) {
        try {
            body.take(input);
            return null;
        } catch (Throwable e) {
            boolean silent = e instanceof VarveException ours && ours.remedy().isEmpty();
            if (silent || refusals.stream().noneMatch(known -> known.isInstance(e))) {
                throw new FuzzFailure(this, input, e);
            }
            return e;
        }
    }

    /** What every target holds against what it made of an input. */
    public static void check(boolean holds, Object what) {
        if (!holds) {
            throw new AssertionError(Objects.toString(what));
        }
    }
}
