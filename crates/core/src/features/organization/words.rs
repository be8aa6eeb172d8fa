//! The codes of the feature (spec management-plugins §2.13) and its reasons, in words.

use crate::{code::codes, reason::reasons};

reasons! {
    NoOrganization = "no_organization":
        "the request names no organization that exists, and the session has no active one",
        "name an organization in the request, or let the client call `organization.setActive`";
    NotAMember = "not_a_member":
        "the user is not a member of the organization, or not any more",
        "invite the user";
    MemberNotPermitted = "member_not_permitted":
        "the roles that the user has in the organization do not permit the request",
        "give the member another role, or let the role permit it in `[access.organization_roles]`";
    MemberOutranked = "member_outranked":
        "the request gives or takes rights in the organization that the member who asks does not have",
        "let a member with these rights do it";
    LastOwner = "last_owner":
        "the member is the only one with the role `organization.creator_role`",
        "give another member this role first";
    UnknownMember = "unknown_member":
        "the organization has no such member",
        "use the identifier or the address of a member of this organization";
    UnknownMemberRole = "unknown_member_role":
        "`[access.organization_roles]` has no role of this name",
        "use a role of `[access.organization_roles]`, or add it there";
    OrganizationExists = "organization_exists":
        "another organization has the slug",
        "choose another slug";
    OrganizationLimit = "organization_limit":
        "the user is a member of as many organizations as `organization.organization_limit` allows",
        "leave another organization, or raise the limit";
    OrganizationsClosed = "organizations_closed":
        "`organization.allow_user_to_create_organization` is off",
        "create the organization in the tables, or switch that on";
    OrganizationFull = "organization_full":
        "the organization has as many members as `organization.membership_limit` allows",
        "remove a member, or raise the limit";
    InvitationLimit = "invitation_limit":
        "the organization has as many pending invitations as `organization.invitation_limit` allows",
        "cancel some, or raise the limit";
    AlreadyInvited = "already_invited":
        "the address has a pending invitation to the organization",
        "send `resend`, cancel the invitation, or set `organization.cancel_pending_invitations_on_re_invite`";
    AlreadyMember = "already_member":
        "the user is a member of the organization already",
        "nothing";
    InvitationGone = "invitation_gone":
        "there is no such invitation, or it was answered or canceled, or has expired",
        "invite the user again";
    InviterGone = "inviter_gone":
        "the member who invited is not a member of the organization any more",
        "let another member invite the user";
    InviterLostRights = "inviter_lost_rights":
        "the member who invited has other roles by now, which do not permit to invite with the roles of the invitation",
        "let another member invite the user";
    InvitationMails = "invitation_mails":
        "ten invitations were mailed to the address within a quarter of an hour",
        "wait a quarter of an hour";
    NotTheRecipient = "not_the_recipient":
        "the invitation is for another address than the user's",
        "sign in with the address to which the invitation was sent";
}

codes! {
    /// Another organization has the slug.
    ORGANIZATION_ALREADY_EXISTS = "Organization already exists";
    /// Another organization has the slug.
    ORGANIZATION_SLUG_ALREADY_TAKEN = "Organization slug already taken";
    /// Organizations are not deleted.
    ORGANIZATION_DELETION_DISABLED = "Organization deletion is disabled";
    /// The organization has no seat left.
    ORGANIZATION_MEMBERSHIP_LIMIT_REACHED = "Organization membership limit reached";
    /// The request names no organization.
    ORGANIZATION_NOT_FOUND = "Organization not found";
    /// The session has no active organization.
    NO_ACTIVE_ORGANIZATION = "No active organization";
    /// The organization has no such member.
    MEMBER_NOT_FOUND = "Member not found";
    /// A role is unknown; the message may list the names.
    ROLE_NOT_FOUND = "Role not found";
    /// The user is not a member.
    USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION = "User is not a member of the organization";
    /// The user is not a member.
    YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION = "You are not a member of this organization";
    /// The user is a member already.
    USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION = "User is already a member of this organization";
    /// The address has a pending invitation.
    USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION = "User is already invited to this organization";
    /// The user is a member of too many organizations.
    YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS = "You have reached the maximum number of organizations";
    /// Users create no organizations.
    YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION = "You are not allowed to create a new organization";
    /// The role does not permit it.
    YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION = "You are not allowed to update this organization";
    /// The role does not permit it.
    YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION = "You are not allowed to delete this organization";
    /// The role does not permit it.
    YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER = "You are not allowed to delete this member";
    /// The role does not permit it.
    YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER = "You are not allowed to update this member";
    /// The role does not permit it.
    YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION =
        "You are not allowed to invite users to this organization";
    /// The invitation would give more rights than the inviter has.
    YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE = "You are not allowed to invite a user with this role";
    /// The role does not permit it.
    YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION = "You are not allowed to cancel this invitation";
    /// The role does not permit it.
    YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS = "You are not allowed to list invitations for this organization";
    /// The last owner stays.
    YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER = "You cannot leave the organization as the only owner";
    /// The last owner stays an owner.
    YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER = "You cannot leave the organization without an owner";
    /// The invitation is unknown, or it is over.
    INVITATION_NOT_FOUND = "Invitation not found";
    /// Too many invitations are pending.
    INVITATION_LIMIT_REACHED = "Invitation limit reached";
    /// The invitation is for another address.
    YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION = "You are not the recipient of the invitation";
    /// The address is not confirmed.
    EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION =
        "Email verification required before accepting or rejecting invitation";
    /// The address is not confirmed.
    EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION =
        "Email verification required to view or list invitations for the session email";
    /// The member who invited has gone.
    INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION = "Inviter is no longer a member of the organization";
}
