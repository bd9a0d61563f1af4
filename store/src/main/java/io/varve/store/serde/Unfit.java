package io.varve.store.serde;

/**
 * A value without a form in bytes, or bytes without a value. Thrown by codecs, which do not know
 * where they stand, and turned into a {@link io.varve.store.errors.SerdeException} by who knows.
 */
final class Unfit extends RuntimeException {
    static final String KEEP =
            "Keep the record able to read what was written: add components, rename them with an"
                    + " alias, and do not change their types.";
    private static final long serialVersionUID = 1L;

    private final String remedy;

    Unfit(String what, String remedy) {
        super(what, null, false, false);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
