package io.varve.store.errors;

/** What was to be imported is not what an export wrote, or does not fit the store. */
public final class ImportException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final long item;

    /**
     * Tells what happened.
     *
     * @param item the number of the line or item, from 1
     * @param what is wrong with it
     * @param remedy what to do about it
     */
    public ImportException(long item, String what, String remedy) {
        super("Cannot be imported: item=" + item + " " + what, remedy);
        this.item = item;
    }

    /**
     * Tells what happened.
     *
     * @param item the number of the line or item, from 1
     * @param what is wrong with it
     * @param remedy what to do about it
     * @param cause what was caught
     */
    public ImportException(long item, String what, String remedy, Throwable cause) {
        super("Cannot be imported: item=" + item + " " + what, remedy, cause);
        this.item = item;
    }

    /**
     * The number of the line or item.
     *
     * @return from 1
     */
    public long item() {
        return item;
    }
}
