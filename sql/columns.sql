-- What each column of the record is: see record_columns in 031_the_record_proves_itself.sql. A new column of these tables is
-- listed here with the next version of its table; test/db/record-columns.test.ts finds the one that is not. A version that was
-- sealed is never edited. Not listed are keys of the seals themselves (xact_id), and tables that are no record (the last list).

create or replace function declare_columns(of_table text, of_part text, columns text[], first_version smallint default 1,
  when_emptied text default null) returns void language sql as $$
  insert into record_columns (table_name, column_name, part, since, emptied)
  select of_table, unnest(columns), of_part, first_version, when_emptied
$$;

delete from record_columns;

do $$
begin
  perform declare_columns('activation_controllers', 'fact', '{change_id,controller_id,activation_id,activated_on,agreement_id}');
  perform declare_columns('activations', 'fact', '{id,change_id,number,activated_at,activated_on,activated_by,controllers}');
  perform declare_columns('agreements', 'fact', '{id,controller_id,product_id,started_at}');
  perform declare_columns('agreements', 'moving', '{ended_at,terms_version}');
  perform declare_columns('answer_decisions', 'fact',
    '{id,answer_id,decision,objection_id,approval_id,decided_at,decided_by,written_by_person}');
  perform declare_columns('answer_decisions', 'person', '{explanation}', when_emptied => '[erased]');
  perform declare_columns('answers', 'fact', '{id,inbound_mail_id,message_id,change_id,controller_id,received_at}');
  perform declare_columns('answers', 'moving', '{status}');
  perform declare_columns('api_keys', 'fact', '{id,role,hash,created_at,created_by,expires_at,scopes,products}');
  perform declare_columns('api_keys', 'fact', '{owner_id}', 2::smallint);
  perform declare_columns('api_keys', 'person', '{name}', when_emptied => '[erased]');
  perform declare_columns('api_keys', 'moving', '{revoked_at,revoked_by,last_used_at}');
  perform declare_columns('approvals', 'fact', '{id,number,change_id,controller_id,decision,content_hash,channel,message_id,
    answer_id,received_at,recorded_at,recorded_by,stated_sha256}');
  perform declare_columns('approvals', 'person', '{from_name,from_role,from_email,statement,authority}', when_emptied => '[erased]');
  perform declare_columns('approvals', 'moving', '{status,confirmed_at,confirmed_by,effective_at,receipts_failed_at,ended_at,
    ended_by,ended_mail_id,ended_message_id}');
  perform declare_columns('approvals', 'moving-person', '{ended_explanation}', when_emptied => '[erased]');
  perform declare_columns('arrival_statements', 'fact', '{id,message_id,change_id,controller_id,recorded_at,recorded_by}');
  perform declare_columns('arrival_statements', 'person', '{evidence}', when_emptied => '[erased]');
  perform declare_columns('audit_log', 'fact', '{position,at,actor,action,subject,details}');
  perform declare_columns('audit_log', 'person', '{persons}', when_emptied => '{}');
  perform declare_columns('bounces', 'fact', '{id,message_id,change_id,controller_id,action,status,inbound_mail_id,effect,
    accepted_at,window_id,notified_at,deadline,recorded_at,recorded_by}');
  perform declare_columns('bounces', 'person', '{diagnostic,recipient}', when_emptied => '[erased]');
  perform declare_columns('bounces', 'person', '{evidence}', when_emptied => '{}');
  perform declare_columns('changes', 'fact', '{id,product_id,kind,sub_processor,name_key,registration_key,replaces,supersedes,
    reason,planned_activation_on,product_name,processor,objection_address,objection_window_days,time_zone,roll_forward,
    announced_at,announced_by,held_until,effects,elements,companies,objection,approval,stricter,wording_only,scope,separation,
    upstream,amends,removes,children,entries,approval_answer_days,approval_effective_after_hours,content_hash}');
  perform declare_columns('changes', 'person', '{contact_persons}', when_emptied => '{}');
  perform declare_columns('changes', 'moving', '{status,version,told_since,wording_confirmed_at,wording_confirmed_by,activated_at,
    activated_on,activated_by,withdrawn_at,withdrawn_by,withdrawal_reason,notified_event_at,windows_closed_event_at,
    deadline_approaching_event_at,answers_approaching_event_at}');
  perform declare_columns('contacts', 'moving', '{id,controller_id,position,language,may_approve}');
  perform declare_columns('contacts', 'moving-person', '{email,name}', when_emptied => '[erased]');
  perform declare_columns('contacts', 'moving-person', '{search_key}');
  perform declare_columns('controllers', 'fact', '{id,external_id,external_id_key,created_at}');
  perform declare_columns('controllers', 'moving', '{updated_at}');
  perform declare_columns('controllers', 'moving-person', '{name,registration_number,reference}', when_emptied => '[erased]');
  perform declare_columns('controllers', 'moving-person', '{registration_key,search_key}');
  perform declare_columns('controllers', 'moving-person', '{metadata}', when_emptied => '{}');
  perform declare_columns('erasures', 'fact', '{id,at,by,because,rows}');
  perform declare_columns('events', 'fact', '{id,position,type,product_id,change_id,sequence,at,data}');
  perform declare_columns('further_attempts', 'moving', '{message_id,slot,number,rejected_for,received_at}');
  perform declare_columns('further_attempts', 'moving-person', '{from_name,reasons}', when_emptied => '[erased]');
  perform declare_columns('gate_facts', 'fact', '{id,change_id,activation_id,at,facts}');
  perform declare_columns('inbound_contents', 'fact', '{sha256}');
  perform declare_columns('inbound_contents', 'person', '{raw}', when_emptied => '');
  perform declare_columns('inbound_mail_decisions', 'fact', '{id,inbound_mail_id,decision,change_id,controller_id,decided_at,decided_by}');
  perform declare_columns('inbound_mail_decisions', 'person', '{explanation}', when_emptied => '[erased]');
  perform declare_columns('inbound_mails', 'fact', '{id,sha256,received_at}');
  perform declare_columns('inbound_mails', 'person', '{sent_to,envelope_from,remote_address}', when_emptied => '[erased]');
  perform declare_columns('inbound_mails', 'moving', '{message_id,taken_as,known_by,judged_at,change_id,controller_id,
    next_reading_at,readings}');
  perform declare_columns('inbound_mails', 'moving-person', '{from_name,from_email,subject,text,quoted}', when_emptied => '[erased]');
  perform declare_columns('inbound_mails', 'moving-person', '{attachments}', when_emptied => '[]');
  perform declare_columns('legal_holds', 'fact', '{id,change_id,controller_id,placed_at,placed_by,until}');
  perform declare_columns('legal_holds', 'person', '{reason}', when_emptied => '[erased]');
  perform declare_columns('legal_holds', 'moving', '{released_at,released_by}');
  perform declare_columns('legal_holds', 'moving-person', '{release_reason}', when_emptied => '[erased]');
  perform declare_columns('letters', 'fact', '{id,change_id,controller_id,arrived_on,recorded_at,recorded_by}');
  perform declare_columns('letters', 'person', '{reference}', when_emptied => '[erased]');
  perform declare_columns('listed_in_terms', 'fact', '{change_id,terms_version,listed_at,listed_by}');
  perform declare_columns('mailed_codes', 'fact', '{message_id,asked_at,asked_by,expires_at}');
  perform declare_columns('mailed_codes', 'moving', '{wrong_tries,used_at}');
  perform declare_columns('mailed_codes', 'person', '{approving}', when_emptied => '{}');
  perform declare_columns('message_attempts', 'fact', '{id,message_id,started_at,finished_at,outcome,response_code,tls,
    printed_deadline,mail_sha256,content_sha256,window_number}');
  perform declare_columns('message_attempts', 'person', '{dkim}');
  perform declare_columns('message_attempts', 'person', '{response}', when_emptied => '[erased]');
  perform declare_columns('messages', 'fact', '{id,kind,change_id,controller_id,objection_id,approval_id,language,created_at}');
  perform declare_columns('message_contents', 'fact', '{sha256,about}');
  perform declare_columns('message_contents', 'person', '{form}', when_emptied => '');
  perform declare_columns('messages', 'person', '{controller_name,email,name}', when_emptied => '[erased]');
  perform declare_columns('messages', 'moving', '{status,attempts,next_attempt_at,lease_id,leased_until,printed_deadline,accepted_at}');
  perform declare_columns('messages', 'moving-person', '{last_error}', when_emptied => '[erased]');
  perform declare_columns('nominations', 'fact', '{id,change_id,controller_id,message_id,nominated_at,nominated_by}');
  perform declare_columns('nominations', 'person', '{email,name,role}', when_emptied => '[erased]');
  perform declare_columns('nominations', 'moving', '{confirmed_at,confirmed_by,rejected_at,rejected_by}');
  perform declare_columns('nominations', 'moving-person', '{explanation}', when_emptied => '[erased]');
  perform declare_columns('objection_decisions', 'fact',
    '{objection_id,decision,outcome,decided_at,decided_by,withdrawal_request_id,inbound_mail_id}');
  perform declare_columns('objection_decisions', 'person', '{explanation}', when_emptied => '[erased]');
  perform declare_columns('objection_windows', 'fact', '{id,number,change_id,controller_id,external_id,created_at}');
  perform declare_columns('objection_windows', 'moving', '{notified_at,deadline,reminded_at,answer_reminded_at,left_at,
    contacts_untold,approval,by_contract}');
  perform declare_columns('objections', 'fact', '{id,number,change_id,controller_id,channel,received_at,recorded_at,recorded_by,
    rejected_for,message_id,stated_sha256}');
  perform declare_columns('objections', 'person', '{from_name,from_email,reasons}', when_emptied => '[erased]');
  perform declare_columns('objections', 'moving', '{status}');
  perform declare_columns('operator_mails', 'moving', '{id,kind,created_at,status,attempts,next_attempt_at,lease_id,leased_until,
    accepted_at,product_id,page,covers_until,sign_in_link_id}');
  perform declare_columns('operator_mails', 'moving-person', '{subject,body,last_error}', when_emptied => '[erased]');
  perform declare_columns('operator_mails', 'moving-person', '{recipient}', when_emptied => '[erased]');
  perform declare_columns('page_statements', 'fact', '{sha256,language,text}');
  perform declare_columns('people', 'fact', '{id,created_at,created_by}');
  perform declare_columns('people', 'person', '{name,email}', when_emptied => '[erased]');
  perform declare_columns('people', 'moving', '{disabled_at,disabled_by,issuer}');
  perform declare_columns('people', 'moving-person', '{subject}', when_emptied => '[erased]');
  perform declare_columns('person_roles', 'fact', '{id,person_id,role,product_id,source,given_at,given_by}');
  perform declare_columns('person_roles', 'moving', '{ended_at,ended_by}');
  perform declare_columns('product_terms', 'fact', '{id,product_id,objection_window_days,time_zone,roll_forward,
    contract_window_days,contract_time_zone,reason,recorded_at,recorded_by,places_need_approval,activities_need_approval,
    replacements_need_approval,approval_answer_days,approval_effective_after_hours,places}');
  perform declare_columns('proposal_decisions', 'fact', '{proposal_id,decision,decided_at,decided_by,made,by_one_person}');
  perform declare_columns('proposal_decisions', 'person', '{reason}', when_emptied => '[erased]');
  perform declare_columns('proposals', 'fact', '{id,kind,product_id,subject,content_hash,content,hash,controllers,proposed_at,
    proposed_by,expires_at}');
  perform declare_columns('proposals', 'person', '{persons}', when_emptied => '{}');
  perform declare_columns('pseudonyms', 'moving', '{controller_id,number}');
  perform declare_columns('pseudonyms', 'moving-person', '{email}');
  perform declare_columns('register_entries', 'fact', '{id,product_id,name,name_key,registration_number,registration_key,address,
    country,parent_id,processing,personal_data,locations,change_id,entry_id,valid_for}');
  perform declare_columns('register_entries', 'person', '{contact_person}');
  perform declare_columns('register_entries', 'moving', '{active,ended_for}');
  perform declare_columns('scans', 'fact', '{id,change_id,controller_id,letter_id,objection_id,approval_id,media_type,sha256,bytes,
    added_at,added_by}');
  perform declare_columns('scans', 'person', '{content}', when_emptied => '');
  perform declare_columns('test_notices', 'fact', '{id,product_id,content_hash,language,created_at,created_by}');
  perform declare_columns('test_notices', 'person', '{email,name}', when_emptied => '[erased]');
  perform declare_columns('test_notices', 'person', '{content}', when_emptied => '{}');
  perform declare_columns('webhook_attempts', 'moving', '{id,webhook_id,delivery_id,started_at,duration_ms,address,status,error}');
  perform declare_columns('webhook_attempts', 'moving-person', '{response}', when_emptied => '[erased]');
  perform declare_columns('window_restorations', 'fact', '{id,window_id,notified_at,deadline,objection_id,answer_id,bounce_id,
    statement_id,approval_id,recorded_at,recorded_by}');
  perform declare_columns('withdrawal_requests', 'fact', '{id,objection_id,code_message_id,delay_hours,requested_at,requested_by}');
  perform declare_columns('withdrawal_requests', 'person', '{email,explanation}', when_emptied => '[erased]');
  perform declare_columns('withdrawal_requests', 'moving', '{status,ended_at,ended_by}');
end $$;

drop function declare_columns(text, text, text[], smallint, text);
