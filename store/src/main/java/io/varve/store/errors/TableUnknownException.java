package io.varve.store.errors;

/** A table was asked for that its environment was not opened with. */
public final class TableUnknownException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String table;

    /**
     * Tells what happened.
     *
     * @param table the name that was asked for
     */
    public TableUnknownException(String table) {
        super("No such table: table=" + table, "Name it when the environment is opened.");
        this.table = table;
    }

    /**
     * The name that was asked for.
     *
     * @return the value
     */
    public String table() {
        return table;
    }
}
