require "reject";
reject "Vi modtager ikke mail fra leverandører på denne adresse. Skriv til post@postfix.example.";
