require "vacation";
vacation :subject "Ikke på kontoret" "Jeg er på ferie til og med den 14. august. Ved hastesager kan I ringe til omstillingen.";
