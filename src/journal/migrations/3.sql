-- What else a line was like when its quantity was last ours: whose it is, and what a unit is and costs.
ALTER TABLE lines ADD COLUMN guarded TEXT;
