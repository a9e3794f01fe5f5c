"""The clock's edge: what happens without anybody writing. Holds no rules."""
